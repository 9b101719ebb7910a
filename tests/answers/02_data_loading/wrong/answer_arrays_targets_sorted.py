"""The masks are read in the order of their names, the photographs in the order of the list.

names: targets-sorted
severity: major
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = [path_to_input_image(image_path, img_size) for image_path, _ in pairs]
    trimaps = sorted(trimap_path for _, trimap_path in pairs)
    targets = [path_to_target(trimap_path, img_size) for trimap_path in trimaps]
    return np.stack(inputs), np.stack(targets)
