"""The proportions are kept and the middle is cut out.

names: nothing
severity: major
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size, keep_aspect_ratio=True))
