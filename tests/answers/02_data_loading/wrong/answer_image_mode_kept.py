"""The file's own mode is kept: greyscale has no channel, RGBA has four.

names: mode-kept
severity: major
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    return np.array(Image.open(path).resize((width, height))).astype("float32")
