"""iou_without_floor, recursive_fill."""

# %% 01-box-iou
def box_iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    ids = np.zeros(mask.shape, dtype=int)

    def spread(y, x, number):
        inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]
        if not inside or mask[y, x] != label or ids[y, x]:
            return
        ids[y, x] = number
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            spread(v, u, number)

    count = 0
    for y, x in np.argwhere(mask == label).tolist():
        if not ids[y, x]:
            count += 1
            spread(y, x, count)
    return ids, count
