"""The IoU of each mask, and then the mean.

names: mean-over-rows
severity: major
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    if y_true.ndim > 2:
        each = [iou_per_class(t, p, num_classes) for t, p in zip(y_true, y_pred)]
        return np.nanmean(each, axis=0)
    scores = np.full(num_classes, np.nan)
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        if (a | b).any():
            scores[label] = (a & b).sum() / (a | b).sum()
    return scores
