"""The ending is looked for anywhere in the name.

names: ending-anywhere+until-first-dot
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    pairs = []
    for image_path in sorted(Path(images_dir).iterdir()):
        if ".jpg" in image_path.name:
            trimap_path = Path(trimaps_dir) / (image_path.name.split(".")[0] + ".png")
            if trimap_path.exists():
                pairs.append((image_path, trimap_path))
    return pairs
