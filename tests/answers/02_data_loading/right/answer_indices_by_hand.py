"""Nearest resizing by NumPy indices from the top left corner; a look-up table for labels."""

# %% 02-path-to-target
def path_to_target(path, img_size):
    labels = np.asarray(Image.open(path))
    rows = np.arange(img_size[0]) * labels.shape[0] // img_size[0]
    columns = np.arange(img_size[1]) * labels.shape[1] // img_size[1]
    table = np.array([255, 0, 1, 2], dtype=np.uint8)
    return table[labels[rows][:, columns]][..., None]

# %% 02-target-to-gray
def target_to_gray(target):
    return np.array([0, 127, 254], dtype="uint8")[np.squeeze(target, axis=-1)]
