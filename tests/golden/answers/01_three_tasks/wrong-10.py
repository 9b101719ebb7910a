"""box_of_width_and_height, edges_wrap_by_modulo, iou_left_box_first, segmentation_one_hot, segmentation_unnamed, unknown_label_skipped."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = mask == label
    ids = np.zeros(mask.shape, dtype=int)
    count = 0
    for row, column in np.argwhere(wanted).tolist():
        if ids[row, column]:
            continue
        count += 1
        ids[row, column] = count
        to_visit = deque([(row, column)])
        while to_visit:
            y, x = to_visit.popleft()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                v, u = v % height, u % width
                if wanted[v, u] and not ids[v, u]:
                    ids[v, u] = count
                    to_visit.append((v, u))
    return ids, count

# %% 01-box-iou
def box_iou(a, b):
    width = max(0, a[2] - b[0])
    height = max(0, a[3] - b[1])
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "categorical_crossentropy"

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "segmentation",
        "D": "object detection",
        "E": "segmentation",
        "F": "object detection",
        "G": "segmentation",
        "H": "segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        if label in classes:
            row[classes.index(label)] = 1
    return row
