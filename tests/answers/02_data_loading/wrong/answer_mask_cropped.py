"""The middle of the mask is kept in place of the whole.

names: cropped
severity: major
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = load_img(path, target_size=img_size, color_mode="grayscale", keep_aspect_ratio=True)
    return img_to_array(mask).astype("uint8") - 1
