"""A class gets nan as soon as one of the two masks lacks it.

names: missed-nan
severity: minor
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        if a.any() and b.any():
            scores.append((a & b).sum() / (a | b).sum())
        else:
            scores.append(np.nan)
    return np.array(scores)
