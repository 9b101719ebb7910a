"""The arguments are ignored: the notebook's own folders are read.

names: nothing
severity: fatal
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(data.images_dir.glob("*.jpg"))
    pairs = [(path, data.trimaps_dir / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
