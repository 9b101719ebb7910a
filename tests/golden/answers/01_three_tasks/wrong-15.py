"""iou_painted, numbers_with_gaps, swapped_and_too_small, two_classes_are_binary."""

# %% 01-box-iou
def box_iou(a, b):
    one, other = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    for box, paper in ((a, one), (b, other)):
        x_min, y_min, x_max, y_max = (int(n) for n in box)
        paper[y_min:y_max, x_min:x_max] = True
    union = np.sum(one | other)
    return float(np.sum(one & other) / union) if union else 0.0

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
    return 10 * ids, count

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(ys.min()), int(xs.min()), int(ys.max()), int(xs.max())

# %% 01-output-head
def output_head(task, num_classes):
    if num_classes == 2:
        return 1, "sigmoid", "binary_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"
