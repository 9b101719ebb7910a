"""The code of the first letter is compared; a bool comes back."""

# %% 05-species-label
def species_label(path):
    *_, name = path.split("/")
    return ord(name[0]) >= ord("a")
