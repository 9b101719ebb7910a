"""box_of_first_piece, count_of_pixels, iou_floor_of_the_area, many_labels_like_one, one_label_for_findings, row_as_a_column."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    rows = np.any(mask == label, axis=1).tolist()
    if True not in rows:
        return None
    y_min = rows.index(True)
    y_max = y_min
    while y_max < len(rows) and rows[y_max]:
        y_max += 1
    columns = np.flatnonzero(np.any(mask[y_min:y_max] == label, axis=0))
    return int(columns[0]), y_min, int(columns[-1]) + 1, y_max

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
                if 0 <= v < height and 0 <= u < width and wanted[v, u] and not ids[v, u]:
                    ids[v, u] = count
                    to_visit.append((v, u))
    return ids, int(wanted.sum())

# %% 01-box-iou
def box_iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width * height)
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "softmax", "categorical_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"

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
        "I": "single-label classification",
        "J": "single-label classification",
    }

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros((len(classes), 1))
    for label in labels:
        row[classes.index(label)] = 1
    return row
