"""box_by_loops, iou_with_arrays, multi_hot_by_dictionary, numbers_spread, tasks_loosely_typed."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    box = None
    for y, line in enumerate(mask):
        for x, value in enumerate(line):
            if value != label:
                continue
            if box is None:
                box = [x, y, x + 1, y + 1]
            box[0] = min(box[0], x)
            box[1] = min(box[1], y)
            box[2] = max(box[2], x + 1)
            box[3] = max(box[3], y + 1)
    return box

# %% 01-box-iou
def box_iou(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = np.prod(np.clip(sides, 0, None))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared
    return np.float32(0) if union == 0 else np.float64(shared / union)

# %% 01-multi-hot
def multi_hot(labels, classes):
    places = {name: place for place, name in enumerate(classes)}
    row = np.zeros(len(places), dtype="uint8")
    row[[places[label] for label in labels]] = 1
    return row

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    here = np.pad(mask == label, 1)
    numbers = np.where(here, np.arange(1, here.size + 1).reshape(here.shape), 0)
    while True:
        largest = numbers.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                largest = np.maximum(largest, np.roll(numbers, step, axis))
        largest[~here] = 0
        if np.array_equal(largest, numbers):
            break
        numbers = largest
    values = np.unique(numbers[1:-1, 1:-1])
    values = values[values > 0]
    ids = np.searchsorted(values, numbers[1:-1, 1:-1]) + 1
    ids[~here[1:-1, 1:-1]] = 0
    return ids, values.size

# %% 01-choose-tasks
def choose_tasks():
    single, multi = "Single Label Classification", "multilabel_classification"
    boxes, pixels, things = "OBJECT  DETECTION", "Semantic-Segmentation", "instancesegmentation"
    return dict(
        a=single, b=multi, c=pixels, d=boxes, e=things, f=boxes, g=pixels, h=things, i=multi, j=single
    )
