"""box_as_an_array, head_from_a_table, iou_by_exclusion, multi_hot_by_comparison, numbered_from_the_lower_right, tasks_in_hungarian."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    places = np.argwhere(mask == label)[:, ::-1]
    if not places.size:
        return None
    return np.concatenate([places.min(axis=0), places.max(axis=0) + 1])

# %% 01-output-head
def output_head(task, num_classes):
    exclusive = [num_classes, "Softmax", "SparseCategoricalCrossentropy"]
    heads = {
        "single-label": exclusive,
        "segmentation": exclusive,
        "multi-label": [np.int64(num_classes), "Sigmoid", "BinaryCrossentropy"],
        "binary": [num_classes - 1, "sigmoid", "binary_crossentropy"],
    }
    return heads[task]

# %% 01-box-iou
def box_iou(a, b):
    ax1, ay1, ax2, ay2 = a
    bx1, by1, bx2, by2 = b
    apart = ax2 <= bx1 or bx2 <= ax1 or ay2 <= by1 or by2 <= ay1
    if apart:
        return 0
    xs, ys = sorted([ax1, ax2, bx1, bx2]), sorted([ay1, ay2, by1, by2])
    shared = (xs[2] - xs[1]) * (ys[2] - ys[1])
    only_a = (ax2 - ax1) * (ay2 - ay1) - shared
    only_b = (bx2 - bx1) * (by2 - by1) - shared
    return shared / (only_a + shared + only_b)

# %% 01-multi-hot
def multi_hot(labels, classes):
    unknown = set(labels) - set(classes)
    if unknown:
        raise ValueError(f"unknown labels: {sorted(unknown)}")
    return np.isin(classes, list(labels))

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    waiting = {(int(y), int(x)) for y, x in np.argwhere(mask == label)}
    ids = np.zeros(mask.shape, dtype="uint16")
    count = 0
    while waiting:
        count += 1
        stack = [max(waiting)]
        waiting.discard(stack[0])
        while stack:
            y, x = stack.pop()
            ids[y, x] = count
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & waiting
            waiting -= near
            stack.extend(near)
    return [ids, np.int64(count)]

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "Egycímkés  osztályozás",
        "B": "tobbcimkes osztalyozas",
        "C": "SZEMANTIKUS SZEGMENTÁLÁS",
        "D": "tárgyérzékelés",
        "E": "Példány-szegmentálás",
        "F": "Tárgydetektálás",
        "G": "szemantikai szegmentalas",
        "H": "peldanyszegmentalas",
        "I": "Többcímkés besorolás",
        "J": " egycímkés besorolás ",
    }
