"""The whole breed has to be written in capitals.

names: always-dog
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    breed = path.split("/")[-1].rsplit("_", 1)[0]
    return 0 if breed.isupper() else 1
