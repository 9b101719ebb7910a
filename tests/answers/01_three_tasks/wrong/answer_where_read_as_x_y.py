"""np.where is taken to give x first.

names: swapped
severity: fatal
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    x, y = np.where(mask == label)
    if x.size == 0:
        return None
    return x.min(), y.min(), x.max() + 1, y.max() + 1
