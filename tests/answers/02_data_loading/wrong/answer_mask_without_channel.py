"""The channel axis is dropped.

names: contract-shape
severity: minor
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = Image.open(path).resize(img_size[::-1], Image.Resampling.NEAREST)
    return np.array(mask) - 1
