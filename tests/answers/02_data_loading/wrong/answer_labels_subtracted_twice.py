"""1 is subtracted twice, and uint8 wraps around.

names: twice
severity: fatal
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale")) - 1
    return mask.astype("uint8") - 1
