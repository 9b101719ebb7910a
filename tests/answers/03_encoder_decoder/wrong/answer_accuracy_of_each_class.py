"""The part of a class that was found.

names: truth-alone
severity: fatal
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        scores.append((a & b).sum() / a.sum() if a.any() else np.nan)
    return np.array(scores)
