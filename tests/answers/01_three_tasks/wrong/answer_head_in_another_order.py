"""The loss comes before the activation.

names: the activation for 'single-label'
says: activation comes second
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "binary":
        return 1, "binary_crossentropy", "sigmoid"
    if task == "multi-label":
        return num_classes, "binary_crossentropy", "sigmoid"
    return num_classes, "sparse_categorical_crossentropy", "softmax"
