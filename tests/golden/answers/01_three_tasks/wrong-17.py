"""iou_whole_coordinates, only_twenty_rounds, x_and_y_swapped."""

# %% 01-box-iou
def box_iou(a, b):
    a, b = [int(n) for n in a], [int(n) for n in b]
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    here = np.pad(mask == label, 1)
    numbers = np.where(here, np.arange(1, here.size + 1).reshape(here.shape), 0)
    for _ in range(20):
        for axis in (0, 1):
            for step in (-1, 1):
                numbers = np.where(here, np.maximum(numbers, np.roll(numbers, step, axis)), 0)
    values = np.unique(numbers[numbers > 0])
    ids = np.where(here, np.searchsorted(values, numbers) + 1, 0)[1:-1, 1:-1]
    return ids, len(values)

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(ys.min()), int(xs.min()), int(ys.max()) + 1, int(xs.max()) + 1
