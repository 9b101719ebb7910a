"""Labels keep their original values 1 to 3.

names: from-one
severity: fatal
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return mask.astype("uint8")
