"""box_without_zero, iou_of_the_smaller, numbers_in_uint8, softmax_for_many_labels, variants_swapped."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    if not label:
        return None
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1

# %% 01-box-iou
def box_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = min(area_a, area_b)
    return shared / union if union > 0 else 0.0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = mask == label
    ids = np.zeros_like(mask)
    count = 0
    for row, column in np.argwhere(wanted).tolist():
        if ids[row, column]:
            continue
        count += 1
        ids[row, column] = count % 256
        to_visit = deque([(row, column)])
        while to_visit:
            y, x = to_visit.popleft()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and wanted[v, u] and not ids[v, u]:
                    ids[v, u] = count % 256
                    to_visit.append((v, u))
    return ids, count

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "softmax", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "instance segmentation",
        "D": "object detection",
        "E": "semantic segmentation",
        "F": "object detection",
        "G": "instance segmentation",
        "H": "semantic segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
