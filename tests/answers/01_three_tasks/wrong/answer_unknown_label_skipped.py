"""Unknown labels are skipped on purpose.

fails: test_unknown_label_is_refused
says: misspelt label
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        if label in classes:
            row[classes.index(label)] = 1
    return row
