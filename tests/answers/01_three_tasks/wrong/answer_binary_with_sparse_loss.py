"""A whole number as target, so the sparse loss for the single unit.

names: the loss for 'binary'
says: yes or a no
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "sparse_categorical_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"
