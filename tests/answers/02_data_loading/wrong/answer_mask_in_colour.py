"""The mask is read as a colour image.

fails: test_target_shape, test_array_shapes, test_inputs_in_the_order_of_the_pairs, test_targets_in_the_order_of_the_pairs, test_rows_keep_their_values, test_inputs_are_float32, test_targets_are_uint8
says: read as a colour image
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)).astype("uint8") - 1
