"""Minimum and maximum of coordinates as an array."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    places = np.argwhere(mask == label)[:, ::-1]
    if not places.size:
        return None
    return np.concatenate([places.min(axis=0), places.max(axis=0) + 1])
