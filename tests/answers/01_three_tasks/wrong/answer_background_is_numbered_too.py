"""The background is a component like others.

names: everything
severity: fatal
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    ids = np.zeros(mask.shape, dtype=int)
    count = 0
    for row, column in np.ndindex(height, width):
        if ids[row, column]:
            continue
        count += 1
        ids[row, column] = count
        to_visit = [(row, column)]
        while to_visit:
            y, x = to_visit.pop()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and not ids[v, u]:
                    if mask[v, u] == mask[y, x]:
                        ids[v, u] = count
                        to_visit.append((v, u))
    return ids, count
