"""The pairs are sorted again before reading.

names: both-sorted
severity: major
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    pairs = sorted(pairs)
    inputs = [path_to_input_image(image_path, img_size) for image_path, _ in pairs]
    targets = [path_to_target(trimap_path, img_size) for _, trimap_path in pairs]
    return np.stack(inputs), np.stack(targets)
