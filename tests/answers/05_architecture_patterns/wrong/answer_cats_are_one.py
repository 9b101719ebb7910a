"""A capital letter gives 1: cats and dogs are swapped.

names: swapped
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    return 1 if path.split("/")[-1][0].isupper() else 0
