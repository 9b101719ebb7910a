"""box_by_projection, multi_hot_from_one_hot, runs_of_rows."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    here = np.asarray(mask) == label
    if not here.any():
        return None
    columns, rows = here.any(axis=0), here.any(axis=1)
    height, width = here.shape
    return (
        columns.argmax(),
        rows.argmax(),
        width - columns[::-1].argmax(),
        height - rows[::-1].argmax(),
    )

# %% 01-multi-hot
def multi_hot(labels, classes):
    rows = [np.eye(len(classes))[classes.index(label)] for label in labels]
    return np.max([np.zeros(len(classes)), *rows], axis=0)

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    ids = np.zeros(mask.shape)
    groups, above = [], []
    for y, line in enumerate((mask == label).tolist()):
        runs, x = [], 0
        while x < len(line):
            if not line[x]:
                x += 1
                continue
            end = x
            while end < len(line) and line[end]:
                end += 1
            joined = [g for s, e, g in above if s < end and x < e]
            group = joined[0] if joined else []
            if not joined:
                groups.append(group)
            for other in joined[1:]:
                if other is not group:
                    group.extend(other)
                    groups = [g for g in groups if g is not other]
                    above = [(s, e, group if g is other else g) for s, e, g in above]
                    runs = [(s, e, group if g is other else g) for s, e, g in runs]
                    joined = [group if g is other else g for g in joined]
            group.append((y, x, end))
            runs.append((x, end, group))
            x = end
        above = runs
    for number, group in enumerate(groups, start=1):
        for y, start, end in group:
            ids[y, start:end] = number
    return ids, len(groups)
