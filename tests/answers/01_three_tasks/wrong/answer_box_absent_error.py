"""Nobody thought of a label that is not there.

fails: test_absent_label_gives_none
says: ends in an error
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
