"""Background becomes 0 and the pet 1.

names: background-zero
severity: fatal
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return np.array([0, 1, 0, 2], dtype="uint8")[mask.astype(int)]
