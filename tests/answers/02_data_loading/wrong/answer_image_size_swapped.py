"""Pillow's resize is given (height, width).

fails: test_image_shape, test_array_shapes
says: height and width are swapped
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    image = Image.open(path).convert("RGB").resize(img_size)
    return np.asarray(image, dtype="float32")
