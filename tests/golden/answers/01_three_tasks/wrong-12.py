"""box_one_pixel_too_small, iou_of_the_first, mask_used_up, segmentation_sigmoid, speaker_in_a_box."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())

# %% 01-box-iou
def box_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a
    return shared / union if union > 0 else 0.0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    ids = np.zeros(mask.shape, dtype=int)
    other = 255 if label != 255 else 254
    count = 0
    for y in range(height):
        for x in range(width):
            if mask[y, x] != label:
                continue
            count += 1
            to_visit = [(y, x)]
            mask[y, x] = other
            while to_visit:
                v, u = to_visit.pop()
                ids[v, u] = count
                for i, j in ((v - 1, u), (v + 1, u), (v, u - 1), (v, u + 1)):
                    if 0 <= i < height and 0 <= j < width and mask[i, j] == label:
                        mask[i, j] = other
                        to_visit.append((i, j))
    return ids, count

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "sigmoid", "binary_crossentropy"

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "object detection",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
