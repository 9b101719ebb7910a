"""A place is switched over for each label.

fails: test_label_named_twice
says: named twice comes out wrong
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes), dtype=bool)
    for label in labels:
        row[classes.index(label)] ^= True
    return row
