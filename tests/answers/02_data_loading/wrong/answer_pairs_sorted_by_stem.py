"""The names are sorted without their ending, so cat comes before cat-2.

names: without-ending
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = {path.stem: path for path in Path(images_dir).glob("*.jpg")}
    masks = {path.stem: path for path in Path(trimaps_dir).glob("*.png")}
    both = sorted(images.keys() & masks.keys())
    return [(images[name], masks[name]) for name in both if not name.startswith(".")]
