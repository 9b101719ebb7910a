"""The pixel accuracy, once for each class.

fails: test_iou_of_random_masks, test_absent_class_has_no_iou, test_missed_class_has_iou_zero
says: this is the pixel accuracy
"""

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    return np.full(num_classes, np.mean(y_true == y_pred))
