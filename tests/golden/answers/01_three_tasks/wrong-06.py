"""box_first_and_last_pixel, count_is_next_number, fields_one_by_one, iou_empty_nan, loss_wants_one_hot, one_hot_rows."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = mask == label
    ids = np.zeros(mask.shape, dtype=int)
    number = 1
    for row, column in np.argwhere(wanted).tolist():
        if ids[row, column]:
            continue
        to_visit = [(row, column)]
        ids[row, column] = number
        while to_visit:
            y, x = to_visit.pop()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and wanted[v, u] and not ids[v, u]:
                    ids[v, u] = number
                    to_visit.append((v, u))
        number += 1
    return ids, number

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "instance segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }

# %% 01-box-iou
def box_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return float(np.divide(shared, union))

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "categorical_crossentropy"

# %% 01-multi-hot
def multi_hot(labels, classes):
    table = np.zeros((len(labels), len(classes)))
    for place, label in enumerate(labels):
        table[place, classes.index(label)] = 1
    return table
