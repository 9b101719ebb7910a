"""Visited pixels are rubbed out of the mask itself.

names: contract-arguments
severity: minor
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    ids = np.zeros(mask.shape, dtype=int)
    other = 255 if label != 255 else 254
    count = 0
    for y in range(height):
        for x in range(width):
            if mask[y, x] != label:
                continue
            count += 1
            to_visit = [(y, x)]
            mask[y, x] = other
            while to_visit:
                v, u = to_visit.pop()
                ids[v, u] = count
                for i, j in ((v - 1, u), (v + 1, u), (v, u - 1), (v, u + 1)):
                    if 0 <= i < height and 0 <= j < width and mask[i, j] == label:
                        mask[i, j] = other
                        to_visit.append((i, j))
    return ids, count
