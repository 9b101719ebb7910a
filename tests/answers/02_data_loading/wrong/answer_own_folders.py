"""The arguments are ignored: the notebook's own folders are read.

fails: test_every_photograph_with_its_mask, test_other_kinds_of_files_left_out, test_hidden_files_left_out, test_paired_by_name_not_by_position
says: does the function use its arguments
"""

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(data.images_dir.glob("*.jpg"))
    pairs = [(path, data.trimaps_dir / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
