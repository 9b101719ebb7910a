"""The box is printed and not returned.

names: nothing
severity: fatal
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys):
        print(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
