"""np.zeros without a dtype: float64.

names: contract-type
severity: minor
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = np.zeros((len(pairs),) + img_size + (3,))
    targets = np.zeros((len(pairs),) + img_size + (1,), dtype="uint8")
    for i, (image_path, trimap_path) in enumerate(pairs):
        inputs[i] = path_to_input_image(image_path, img_size)
        targets[i] = path_to_target(trimap_path, img_size)
    return inputs, targets
