"""The pixel accuracy, once for each class.

names: accuracy
severity: fatal
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    return np.full(num_classes, np.mean(y_true == y_pred))
