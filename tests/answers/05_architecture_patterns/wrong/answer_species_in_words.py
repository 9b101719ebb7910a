"""The species comes back as a word.

fails: test_cats_are_zero_and_dogs_one, test_breeds_of_several_words, test_folders_do_not_matter
says: not a word
"""

# %% 05-species-label
def species_label(path):
    return "cat" if path.split("/")[-1][0].isupper() else "dog"
