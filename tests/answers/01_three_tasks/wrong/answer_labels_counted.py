"""Labels are counted.

fails: test_label_named_twice
says: gives 2
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        row[classes.index(label)] += 1
    return row
