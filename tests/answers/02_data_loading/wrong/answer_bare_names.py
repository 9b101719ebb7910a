"""File names without their folder.

names: bare-names+hidden-kept
severity: fatal
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    masks = set(os.listdir(trimaps_dir))
    names = sorted(name for name in os.listdir(images_dir) if name.endswith(".jpg"))
    pairs = [(name, name[:-4] + ".png") for name in names]
    return [pair for pair in pairs if pair[1] in masks]
