"""The photograph becomes float64.

names: contract-dtype
severity: minor
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return np.array(load_img(path, target_size=img_size)).astype(float)
