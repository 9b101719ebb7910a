"""The count begins at 1 and is one too many.

names: next-number
severity: fatal
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = mask == label
    ids = np.zeros(mask.shape, dtype=int)
    number = 1
    for row, column in np.argwhere(wanted).tolist():
        if ids[row, column]:
            continue
        to_visit = [(row, column)]
        ids[row, column] = number
        while to_visit:
            y, x = to_visit.pop()
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and wanted[v, u] and not ids[v, u]:
                    ids[v, u] = number
                    to_visit.append((v, u))
        number += 1
    return ids, number
