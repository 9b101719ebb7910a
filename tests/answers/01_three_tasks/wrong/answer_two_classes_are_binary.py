"""Whenever there are two classes, the binary head is taken.

names: the units for 'single-label'
says: one number cannot say that
"""

# %% 01-output-head
def output_head(task, num_classes):
    if num_classes == 2:
        return 1, "sigmoid", "binary_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "sparse_categorical_crossentropy"
