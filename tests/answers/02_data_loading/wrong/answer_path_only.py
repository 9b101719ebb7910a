"""The folders must be Path, not str.

names: nothing
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(images_dir.glob("*.jpg"))
    pairs = [(path, trimaps_dir / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
