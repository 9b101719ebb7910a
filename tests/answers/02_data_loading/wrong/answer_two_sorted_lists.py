"""Two sorted lists joined by position, as in the chapter.

names: zipped
severity: major
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    images = sorted(
        os.path.join(images_dir, name) for name in os.listdir(images_dir) if name.endswith(".jpg")
    )
    trimaps = sorted(
        os.path.join(trimaps_dir, name)
        for name in os.listdir(trimaps_dir)
        if name.endswith(".png") and not name.startswith(".")
    )
    return list(zip(images, trimaps))
