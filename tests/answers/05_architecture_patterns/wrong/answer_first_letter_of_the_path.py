"""The first letter of the whole path decides.

fails: test_cats_are_zero_and_dogs_one, test_breeds_of_several_words, test_folders_do_not_matter
says: look at the first letter of the file name
"""

# %% 05-species-label
def species_label(path):
    return 0 if path[0].isupper() else 1
