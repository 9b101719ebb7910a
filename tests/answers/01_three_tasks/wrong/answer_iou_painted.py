"""Both boxes are painted and pixels counted.

names: whole-coordinates
severity: minor
"""

# %% 01-box-iou
def box_iou(a, b):
    one, other = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    for box, paper in ((a, one), (b, other)):
        x_min, y_min, x_max, y_max = (int(n) for n in box)
        paper[y_min:y_max, x_min:x_max] = True
    union = np.sum(one | other)
    return float(np.sum(one & other) / union) if union else 0.0
