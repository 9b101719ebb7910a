"""Breeds of several words are taken for dogs.

names: several-words-dogs
severity: major
"""

# %% 05-species-label
def species_label(path):
    breed = path.rsplit("/", 1)[-1].rsplit("_", 1)[0]
    return 1 if "_" in breed or breed.islower() else 0
