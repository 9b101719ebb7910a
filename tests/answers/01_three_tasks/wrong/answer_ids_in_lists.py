"""The numbers of the components come as lists.

names: contract-type
severity: minor
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    height, width = mask.shape
    wanted = (mask == label).tolist()
    ids = [[0] * width for _ in range(height)]
    count = 0
    for row in range(height):
        for column in range(width):
            if not wanted[row][column] or ids[row][column]:
                continue
            count += 1
            ids[row][column] = count
            to_visit = [(row, column)]
            while to_visit:
                y, x = to_visit.pop()
                for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                    inside = 0 <= v < height and 0 <= u < width
                    if inside and wanted[v][u] and not ids[v][u]:
                        ids[v][u] = count
                        to_visit.append((v, u))
    return ids, count
