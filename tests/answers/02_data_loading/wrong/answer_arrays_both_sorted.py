"""The pairs are sorted again before reading.

fails: test_inputs_in_the_order_of_the_pairs, test_targets_in_the_order_of_the_pairs
says: the photographs are not in the order of the list
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    pairs = sorted(pairs)
    inputs = [path_to_input_image(image_path, img_size) for image_path, _ in pairs]
    targets = [path_to_target(trimap_path, img_size) for _, trimap_path in pairs]
    return np.stack(inputs), np.stack(targets)
