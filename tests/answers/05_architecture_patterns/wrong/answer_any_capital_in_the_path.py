"""A capital letter anywhere in the path makes a cat.

names: capital-in-path
severity: major
"""

# %% 05-species-label
def species_label(path):
    return int(path == path.lower())
