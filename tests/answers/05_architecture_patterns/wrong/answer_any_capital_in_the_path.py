"""A capital letter anywhere in the path makes a cat.

fails: test_folders_do_not_matter
says: the folders say nothing
"""

# %% 05-species-label
def species_label(path):
    return int(path == path.lower())
