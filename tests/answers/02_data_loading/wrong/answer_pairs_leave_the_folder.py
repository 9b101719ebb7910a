"""The working folder is left for the photographs' and not entered again.

names: nothing
severity: minor
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    os.chdir(images_dir)
    pairs = []
    for name in sorted(os.listdir(".")):
        mask = os.path.join(trimaps_dir, name[:-4] + ".png")
        if name.endswith(".jpg") and name[0] != "." and os.path.exists(mask):
            pairs.append((os.path.join(images_dir, name), mask))
    return pairs
