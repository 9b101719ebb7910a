"""The order in which the folder lists its files.

names: nothing
severity: fatal
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    # Sorting by the reversed name stands for a disk that lists its files in an order of its own.
    pairs = []
    for image_path in sorted(Path(images_dir).glob("*.jpg"), key=lambda path: path.name[::-1]):
        trimap_path = Path(trimaps_dir) / (image_path.stem + ".png")
        if trimap_path.exists():
            pairs.append((image_path, trimap_path))
    return pairs
