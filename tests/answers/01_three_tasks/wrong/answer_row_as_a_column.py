"""The row is turned into a column, as masks have a last axis.

fails: test_one_row_a_picture, test_ones_in_the_order_of_the_classes, test_label_named_twice, test_no_labels, test_unknown_label_is_refused
says: one picture has one row
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros((len(classes), 1))
    for label in labels:
        row[classes.index(label)] = 1
    return row
