"""The mask is float32.

fails: test_target_is_uint8
says: stored as uint8
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size, color_mode="grayscale")) - 1
