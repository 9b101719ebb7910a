"""binary_softmax_one_unit, birds_as_labels, box_absent_zeros, class_is_one_instance, first_label_only, iou_corner_inside."""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "softmax", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "multi-label classification",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return 0, 0, 0, 0
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    ids = (mask == label).astype(int)
    return ids, int(ids.max())

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    row[classes.index(labels[0])] = 1
    return row

# %% 01-box-iou
def box_iou(a, b):
    def holds_a_corner(one, other):
        return any(
            one[0] <= x <= one[2] and one[1] <= y <= one[3]
            for x in (other[0], other[2])
            for y in (other[1], other[3])
        )

    if not (holds_a_corner(a, b) or holds_a_corner(b, a)):
        return 0.0
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union else 0.0
