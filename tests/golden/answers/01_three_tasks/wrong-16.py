"""iou_sum_of_areas, one_sweep, units_remembered, where_read_as_x_y."""

# %% 01-box-iou
def box_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b
    return shared / union if union > 0 else 0.0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    ids = np.zeros(mask.shape, dtype=int)
    count = 0
    for y, x in np.argwhere(mask == label).tolist():
        above = ids[y - 1, x] if y > 0 else 0
        before = ids[y, x - 1] if x > 0 else 0
        if above or before:
            ids[y, x] = above or before
        else:
            count += 1
            ids[y, x] = count
    return ids, count

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return 37, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return 14, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return 3, "softmax", "sparse_categorical_crossentropy"

# %% 01-mask-to-box
def mask_to_box(mask, label):
    x, y = np.where(mask == label)
    if x.size == 0:
        return None
    return x.min(), y.min(), x.max() + 1, y.max() + 1
