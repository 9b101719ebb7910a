"""A capital letter gives 1: cats and dogs are swapped.

fails: test_cats_are_zero_and_dogs_one
says: cats and dogs are swapped
"""

# %% 05-species-label
def species_label(path):
    return 1 if path.split("/")[-1][0].isupper() else 0
