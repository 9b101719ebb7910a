"""The whole breed has to be written in capitals.

fails: test_cats_are_zero_and_dogs_one, test_breeds_of_several_words, test_folders_do_not_matter
says: wrong label
"""

# %% 05-species-label
def species_label(path):
    breed = path.split("/")[-1].rsplit("_", 1)[0]
    return 0 if breed.isupper() else 1
