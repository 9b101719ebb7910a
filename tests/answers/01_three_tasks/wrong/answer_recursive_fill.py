"""The function calls itself for every neighbour.

names: recursive
severity: minor
"""

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
