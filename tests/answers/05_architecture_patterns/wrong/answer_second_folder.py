"""The second part of the path is taken for the file name.

names: second-part
severity: major
"""

# %% 05-species-label
def species_label(path):
    parts = path.split("/")
    return 0 if parts[min(1, len(parts) - 1)][:1].isupper() else 1
