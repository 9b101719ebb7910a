"""Labels from this one on count.

fails: test_only_the_label_asked_for, test_label_zero
says: other labels as well
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask >= label)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
