"""Rows and columns that hold the label, found with any and argmax; NumPy numbers."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    here = np.asarray(mask) == label
    if not here.any():
        return None
    columns, rows = here.any(axis=0), here.any(axis=1)
    height, width = here.shape
    return (
        columns.argmax(),
        rows.argmax(),
        width - columns[::-1].argmax(),
        height - rows[::-1].argmax(),
    )
