"""Cat or dog is a classification with two classes.

names: the units for 'binary'
says: smaller head
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 2, "softmax", "sparse_categorical_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"
