"""Pillow's resize is given (height, width).

names: size-swapped
severity: fatal
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    image = Image.open(path).convert("RGB").resize(img_size)
    return np.asarray(image, dtype="float32")
