"""Names sorted without regard to capital letters.

names: hidden-kept+without-case
severity: major
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"), key=lambda path: path.name.lower())
    pairs = [(path, Path(trimaps_dir) / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
