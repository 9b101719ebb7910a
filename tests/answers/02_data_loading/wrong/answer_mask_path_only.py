"""The path must be a Path, not a str.

names: nothing
severity: minor
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    with path.open("rb") as file:
        mask = Image.open(file).resize(img_size[::-1], Image.Resampling.NEAREST)
    return np.array(mask)[..., np.newaxis] - 1
