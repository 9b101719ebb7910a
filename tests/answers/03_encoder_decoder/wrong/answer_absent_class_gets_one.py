"""A class that is nowhere gets 1.

names: absent-one
severity: minor
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        union = (a | b).sum()
        scores.append((a & b).sum() / union if union else 1.0)
    return np.array(scores)
