"""Each pair is a list.

names: hidden-kept
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"))
    pairs = [[path, Path(trimaps_dir) / (path.stem + ".png")] for path in images]
    return [pair for pair in pairs if pair[1].exists()]
