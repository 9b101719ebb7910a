"""A dictionary of places, whose KeyError becomes a ValueError; whole numbers; indexed at once."""

# %% 01-multi-hot
def multi_hot(labels, classes):
    places = {name: place for place, name in enumerate(classes)}
    row = np.zeros(len(places), dtype="uint8")
    try:
        row[[places[label] for label in labels]] = 1
    except KeyError as error:
        raise ValueError(f"{error} is no class") from None
    return row
