"""Names sorted like a person would: 2 before 10.

names: hidden-kept+by-number
severity: major
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    def natural(path):
        breed, number = path.stem.rsplit("_", 1)
        return breed, int(number)

    images = sorted(Path(images_dir).glob("*.jpg"), key=natural)
    pairs = [(path, Path(trimaps_dir) / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
