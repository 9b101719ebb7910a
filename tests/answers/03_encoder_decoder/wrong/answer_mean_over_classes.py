"""One number for all classes.

fails: test_iou_of_random_masks, test_pixels_of_all_masks_count_together, test_absent_class_has_no_iou, test_missed_class_has_iou_zero
says: this is a single number
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    scores = []
    for label in range(num_classes):
        a, b = y_true == label, y_pred == label
        union = (a | b).sum()
        scores.append((a & b).sum() / union if union else np.nan)
    return np.nanmean(scores)
