"""A mask has one number for each pixel, so one unit.

names: the units for 'segmentation'
says: one number for each class
"""

# %% 01-output-head
def output_head(task, num_classes):
    if task == "single-label":
        return num_classes, "softmax", "sparse_categorical_crossentropy"
    if task == "multi-label":
        return num_classes, "sigmoid", "binary_crossentropy"
    if task == "binary":
        return 1, "sigmoid", "binary_crossentropy"
    return 1, "softmax", "sparse_categorical_crossentropy"
