"""The mask is read as a colour image.

names: in-colour
severity: fatal
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)).astype("uint8") - 1
