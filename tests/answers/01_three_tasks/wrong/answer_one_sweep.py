"""One sweep from the upper left: each pixel takes the number of the one above or before it.

names: one-sweep
severity: major
"""

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
