"""One more unit for 'nothing of it'.

names: the units for 'single-label'
says: neither more nor fewer
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes + 1, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes + 1, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return num_classes + 1, "softmax", "sparse_categorical_crossentropy"
