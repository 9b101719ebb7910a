"""np.where is taken to give x first.

fails: test_x_counts_columns
says: np.where gives rows first
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    x, y = np.where(mask == label)
    if x.size == 0:
        return None
    return x.min(), y.min(), x.max() + 1, y.max() + 1
