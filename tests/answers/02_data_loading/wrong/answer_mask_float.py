"""The mask is float32.

names: contract-dtype
severity: minor
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size, color_mode="grayscale")) - 1
