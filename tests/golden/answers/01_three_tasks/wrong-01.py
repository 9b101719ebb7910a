"""apples_are_detected, background_is_numbered_too, binary_as_two_classes, box_absent_error, classes_sorted, iou_absolute_sides."""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "object detection",
    }

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    ids = np.zeros(mask.shape, dtype=int)
    count = 0
    for row, column in np.ndindex(height, width):
        if ids[row, column]:
            continue
        count += 1
        ids[row, column] = count
        to_visit = [(row, column)]
        while to_visit:
            y, x = to_visit.pop()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and not ids[v, u]:
                    if mask[v, u] == mask[y, x]:
                        ids[v, u] = count
                        to_visit.append((v, u))
    return ids, count

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 2, "softmax", "sparse_categorical_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1

# %% 01-multi-hot
def multi_hot(labels, classes):
    ordered = sorted(classes)
    row = np.zeros(len(ordered))
    for label in labels:
        row[ordered.index(label)] = 1
    return row

# %% 01-box-iou
def box_iou(a, b):
    width = abs(min(a[2], b[2]) - max(a[0], b[0]))
    height = abs(min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0
