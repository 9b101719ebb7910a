"""The species comes back as a word.

names: in-words
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    return "cat" if path.split("/")[-1][0].isupper() else "dog"
