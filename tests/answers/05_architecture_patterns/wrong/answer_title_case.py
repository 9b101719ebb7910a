"""The file name has to be in title case, which one with an ending never is.

names: always-dog
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    return 0 if path.split("/")[-1].istitle() else 1
