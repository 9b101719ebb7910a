"""Only the first label counts.

fails: test_ones_in_the_order_of_the_classes, test_label_named_twice, test_no_labels, test_unknown_label_is_refused
says: 0 if it is not
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    row[classes.index(labels[0])] = 1
    return row
