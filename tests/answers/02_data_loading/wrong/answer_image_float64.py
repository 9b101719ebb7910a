"""The photograph becomes float64.

fails: test_image_is_float32
says: float64 doubles the memory
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return np.array(load_img(path, target_size=img_size)).astype(float)
