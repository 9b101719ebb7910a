"""All six exercises answered by one notebook, in other ways than the reference."""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label",
        "B": "multi-label",
        "C": "semantic image segmentation",
        "D": "detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label image classification",
        "J": "single-label classification",
    }

# %% 01-output-head
def output_head(task, num_classes):
    match task:
        case "binary":
            return 1, "sigmoid", "binary_crossentropy"
        case "multi-label":
            return num_classes, "sigmoid", "binary_crossentropy"
        case "single-label" | "segmentation":
            return num_classes, "softmax", "sparse_categorical_crossentropy"
    raise ValueError(f"unknown task {task!r}")

# %% 01-multi-hot
def multi_hot(labels, classes):
    if not all(label in classes for label in labels):
        raise UnicodeError("unknown label")  # derived from ValueError
    return np.array([float(name in labels) for name in classes], dtype="float16")

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = (mask == label).nonzero()
    if not len(xs):
        return
    return float(min(xs)), float(min(ys)), float(max(xs) + 1), float(max(ys) + 1)

# %% 01-box-iou
from fractions import Fraction


def box_iou(a, b):
    a, b = [Fraction(n) for n in a], [Fraction(n) for n in b]
    area = lambda x1, y1, x2, y2: max(x2 - x1, 0) * max(y2 - y1, 0)
    shared = area(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    union = area(*a) + area(*b) - shared
    return float(shared / union) if union else 0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    import sys

    height, width = mask.shape
    ids = np.zeros((height, width), dtype="int64")
    components = []

    def visit(y, x):
        ids[y, x] = len(components)
        components[-1] += 1
        for v, u in ((y, x + 1), (y + 1, x), (y, x - 1), (y - 1, x)):
            if 0 <= v < height and 0 <= u < width and mask[v, u] == label and ids[v, u] == 0:
                yield v, u

    for start in zip(*np.where(mask == label), strict=True):
        if ids[start]:
            continue
        components.append(0)
        open_visits = [visit(*start)]
        while open_visits:
            for v, u in open_visits[-1]:
                if ids[v, u] == 0:
                    open_visits.append(visit(v, u))
                    break
            else:
                open_visits.pop()
    return ids, len(components)
