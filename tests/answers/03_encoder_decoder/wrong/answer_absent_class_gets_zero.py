"""A class that is nowhere gets 0.

names: absent-zero
severity: minor
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        scores.append((a & b).sum() / max((a | b).sum(), 1))
    return np.array(scores)
