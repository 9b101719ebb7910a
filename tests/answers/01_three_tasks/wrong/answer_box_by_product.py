"""The label is multiplied out, so that zero vanishes.

names: zero-is-none
severity: minor
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask * (mask == label))
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
