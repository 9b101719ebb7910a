"""The places hold class numbers in place of ones.

names: place-numbers
severity: fatal
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        row[classes.index(label)] = classes.index(label) + 1
    return row
