"""The photograph is scaled to 0..1.

names: up-to-one
severity: fatal
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)) / 255.0
