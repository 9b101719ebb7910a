"""The box is kept inside the last column and row.

names: clipped
severity: minor
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), min(int(xs.max()) + 1, mask.shape[1] - 1), min(int(ys.max()) + 1, mask.shape[0] - 1)
