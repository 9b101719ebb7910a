"""The file name has to be in title case, which one with an ending never is.

fails: test_cats_are_zero_and_dogs_one, test_breeds_of_several_words, test_folders_do_not_matter
says: look at the first letter
"""

# %% 05-species-label
def species_label(path):
    return 0 if path.split("/")[-1].istitle() else 1
