"""Every word of the breed has to begin with a capital, and `_1.jpg` is a word.

fails: test_cats_are_zero_and_dogs_one, test_breeds_of_several_words, test_folders_do_not_matter
says: wrong label
"""

# %% 05-species-label
def species_label(path):
    words = path.split("/")[-1].split("_")
    return 0 if all(word[0].isupper() for word in words) else 1
