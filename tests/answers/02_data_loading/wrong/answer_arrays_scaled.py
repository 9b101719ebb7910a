"""The photographs are divided by 255 on the way.

names: scaled
severity: fatal
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = [path_to_input_image(image_path, img_size) / 255 for image_path, _ in pairs]
    targets = [path_to_target(trimap_path, img_size) for _, trimap_path in pairs]
    return np.stack(inputs), np.stack(targets)
