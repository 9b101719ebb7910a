"""Rows are read until the first gap.

names: first-piece
severity: major
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    rows = np.any(mask == label, axis=1).tolist()
    if True not in rows:
        return None
    y_min = rows.index(True)
    y_max = y_min
    while y_max < len(rows) and rows[y_max]:
        y_max += 1
    columns = np.flatnonzero(np.any(mask[y_min:y_max] == label, axis=0))
    return int(columns[0]), y_min, int(columns[-1]) + 1, y_max
