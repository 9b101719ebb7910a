"""The mean of the overlaps of sides in place of areas.

fails: test_shared_area_over_union, test_boxes_beside_each_other, test_empty_boxes
says: not the shared area divided
"""

# %% 01-box-iou
def box_iou(a, b):
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0])) / (max(a[2], b[2]) - min(a[0], b[0]))
    tall = max(0, min(a[3], b[3]) - max(a[1], b[1])) / (max(a[3], b[3]) - min(a[1], b[1]))
    return (wide + tall) / 2
