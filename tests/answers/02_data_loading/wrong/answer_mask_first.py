"""The mask comes first in each pair.

names: mask-first+hidden-kept
severity: fatal
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"))
    pairs = [(Path(trimaps_dir) / (path.stem + ".png"), path) for path in images]
    return [pair for pair in pairs if pair[0].exists()]
