"""A table of heads, lists in place of tuples, and names as Keras writes its classes."""

# %% 01-output-head
def output_head(task, num_classes):
    exclusive = [num_classes, "Softmax", "SparseCategoricalCrossentropy"]
    heads = {
        "single-label": exclusive,
        "segmentation": exclusive,
        "multi-label": [np.int64(num_classes), "Sigmoid", "BinaryCrossentropy"],
        "binary": [num_classes - 1, "sigmoid", "binary_crossentropy"],
    }
    return heads[task]
