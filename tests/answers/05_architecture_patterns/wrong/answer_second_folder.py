"""The second part of the path is taken for the file name.

fails: test_folders_do_not_matter
says: the folders say nothing
"""

# %% 05-species-label
def species_label(path):
    parts = path.split("/")
    return 0 if parts[min(1, len(parts) - 1)][:1].isupper() else 1
