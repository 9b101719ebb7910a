"""The argument is not used.

fails: test_only_the_label_asked_for, test_label_zero, test_absent_label_gives_none
says: is `label` used
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == 1)
    if len(ys) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
