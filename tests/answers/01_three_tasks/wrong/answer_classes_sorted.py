"""The places follow the alphabet.

fails: test_ones_in_the_order_of_the_classes
says: as given
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    ordered = sorted(classes)
    row = np.zeros(len(ordered))
    for label in labels:
        row[ordered.index(label)] = 1
    return row
