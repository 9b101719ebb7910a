"""The sum of two sizes is taken for the union.

names: union-is-sum
severity: fatal
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        union = a.sum() + b.sum()
        scores.append((a & b).sum() / union if union else np.nan)
    return np.array(scores)
