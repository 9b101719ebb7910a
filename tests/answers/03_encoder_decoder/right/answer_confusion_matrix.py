"""The IoU from a confusion matrix, without a loop."""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    index = np.asarray(y_true, int).ravel() * num_classes + np.asarray(y_pred, int).ravel()
    table = np.bincount(index, minlength=num_classes**2).reshape(num_classes, num_classes)
    hits = np.diag(table)
    with np.errstate(invalid="ignore"):
        return (hits / (table.sum(0) + table.sum(1) - hits)).astype("float32")
