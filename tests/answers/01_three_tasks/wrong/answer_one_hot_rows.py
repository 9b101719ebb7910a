"""A row for each label.

names: table
severity: major
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    table = np.zeros((len(labels), len(classes)))
    for place, label in enumerate(labels):
        table[place, classes.index(label)] = 1
    return table
