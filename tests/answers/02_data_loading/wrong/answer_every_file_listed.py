"""Every file whose name has a mask counts as a photograph.

names: hidden-kept+every-file
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    pairs = []
    for image_path in sorted(Path(images_dir).iterdir()):
        trimap_path = Path(trimaps_dir) / (image_path.stem + ".png")
        if trimap_path.exists():
            pairs.append((image_path, trimap_path))
    return pairs
