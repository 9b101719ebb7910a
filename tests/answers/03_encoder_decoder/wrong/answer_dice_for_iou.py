"""The Dice coefficient in place of the IoU.

names: dice
severity: fatal
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        total = a.sum() + b.sum()
        scores.append(2 * (a & b).sum() / total if total else np.nan)
    return np.array(scores)
