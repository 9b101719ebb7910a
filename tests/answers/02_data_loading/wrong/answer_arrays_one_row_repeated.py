"""Every row holds the last photograph: the index is forgotten.

names: last-repeated
severity: major
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = np.zeros((len(pairs),) + img_size + (3,), dtype="float32")
    targets = np.zeros((len(pairs),) + img_size + (1,), dtype="uint8")
    for image_path, trimap_path in pairs:
        inputs[:] = path_to_input_image(image_path, img_size)
        targets[:] = path_to_target(trimap_path, img_size)
    return inputs, targets
