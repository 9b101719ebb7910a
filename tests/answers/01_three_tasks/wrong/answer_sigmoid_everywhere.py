"""Sigmoid gives probabilities, so it is right everywhere.

names: the activation for 'single-label'
says: share a cake of 1
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "sigmoid", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes, "sigmoid", "sparse_categorical_crossentropy"
