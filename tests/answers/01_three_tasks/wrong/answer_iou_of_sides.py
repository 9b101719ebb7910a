"""The mean of the overlaps of sides in place of areas.

names: mean-of-sides
severity: fatal
"""

# %% 01-box-iou
def box_iou(a, b):
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0])) / (max(a[2], b[2]) - min(a[0], b[0]))
    tall = max(0, min(a[3], b[3]) - max(a[1], b[1])) / (max(a[3], b[3]) - min(a[1], b[1]))
    return (wide + tall) / 2
