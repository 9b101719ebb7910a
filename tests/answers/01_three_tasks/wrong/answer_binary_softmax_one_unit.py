"""A softmax on a single unit.

names: the activation for 'binary'
says: always 1
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "softmax", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"
