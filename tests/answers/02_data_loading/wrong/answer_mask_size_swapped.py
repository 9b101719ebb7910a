"""Pillow's resize is given (height, width).

fails: test_target_shape, test_array_shapes
says: Pillow wants (width, height)
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = Image.open(path).resize(img_size, Image.Resampling.NEAREST)
    return np.array(mask)[..., np.newaxis] - 1
