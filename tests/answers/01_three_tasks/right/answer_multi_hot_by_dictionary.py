"""A dictionary of places, whose KeyError is the error; whole numbers; indexed all at once."""

# %% 01-multi-hot
def multi_hot(labels, classes):
    places = {name: place for place, name in enumerate(classes)}
    row = np.zeros(len(places), dtype="uint8")
    row[[places[label] for label in labels]] = 1
    return row
