"""The photograph is scaled to -1..1.

names: around-zero
severity: fatal
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)) / 127.5 - 1
