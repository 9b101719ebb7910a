"""Folders and paths as text with the os module; names matched through sets."""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    def names(folder, ending):
        return {
            os.path.splitext(file)[0]
            for file in os.listdir(folder)
            if file.endswith(ending) and not file.startswith(".")
        }

    both = names(images_dir, ".jpg") & names(trimaps_dir, ".png")
    return [
        (os.path.join(images_dir, name + ".jpg"), os.path.join(trimaps_dir, name + ".png"))
        for name in sorted(both, key=lambda name: name + ".jpg")
    ]
