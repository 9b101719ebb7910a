"""A place is switched over for each label.

names: toggled
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes), dtype=bool)
    for label in labels:
        row[classes.index(label)] ^= True
    return row
