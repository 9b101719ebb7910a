"""box_one_pixel_too_large, every_class_numbered, iou_of_sides, segmentation_one_unit, situation_left_out."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs.min()) - 1, int(ys.min()) - 1, int(xs.max()) + 2, int(ys.max()) + 2

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = mask > 0
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
                if 0 <= v < height and 0 <= u < width and wanted[v, u] and not ids[v, u]:
                    ids[v, u] = count
                    to_visit.append((v, u))
    return ids, count

# %% 01-box-iou
def box_iou(a, b):
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0])) / (max(a[2], b[2]) - min(a[0], b[0]))
    tall = max(0, min(a[3], b[3]) - max(a[1], b[1])) / (max(a[3], b[3]) - min(a[1], b[1]))
    return (wide + tall) / 2

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return 1, "softmax", "sparse_categorical_crossentropy"

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
