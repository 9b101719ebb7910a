"""Cat or dog is a classification with two classes.

fails: test_one_unit_for_cat_or_dog, test_single_unit_can_say_no, test_loss_for_yes_or_no_targets
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
