"""The first letter of the whole path decides.

names: first-of-path
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    return 0 if path[0].isupper() else 1
