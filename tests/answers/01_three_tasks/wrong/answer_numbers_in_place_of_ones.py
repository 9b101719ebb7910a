"""The places hold class numbers in place of ones.

fails: test_ones_in_the_order_of_the_classes, test_label_named_twice
says: a place should hold 1
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        row[classes.index(label)] = classes.index(label) + 1
    return row
