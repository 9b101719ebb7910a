"""The loss for one-hot targets, though targets are whole numbers.

names: the loss for 'single-label'
says: one-hot rows
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "softmax", "categorical_crossentropy"
