"""Everything that ends in .png counts as a mask.

fails: test_hidden_files_left_out, test_paired_by_name_not_by_position
says: names with a dot in front
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
        if name.endswith(".png")
    )
    return list(zip(images, trimaps))
