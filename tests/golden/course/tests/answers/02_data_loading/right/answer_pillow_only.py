"""Pillow and NumPy without Keras; photographs resized with Lanczos."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    with Image.open(path) as image:
        image = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.float32)

# %% 02-path-to-target
def path_to_target(path, img_size):
    height, width = img_size
    with Image.open(path) as image:
        image = image.resize((width, height), Image.Resampling.NEAREST)
    return np.expand_dims(np.asarray(image, dtype=np.uint8) - np.uint8(1), -1)
