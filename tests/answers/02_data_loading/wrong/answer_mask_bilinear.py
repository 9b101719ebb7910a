"""The mask is resized with bilinear interpolation.

names: bilinear
severity: major
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = load_img(path, target_size=img_size, color_mode="grayscale", interpolation="bilinear")
    return img_to_array(mask).astype("uint8") - 1
