"""Boxes that share nothing are sorted out first; the union by inclusion and exclusion."""

# %% 01-box-iou
def box_iou(a, b):
    ax1, ay1, ax2, ay2 = a
    bx1, by1, bx2, by2 = b
    apart = ax2 <= bx1 or bx2 <= ax1 or ay2 <= by1 or by2 <= ay1
    empty = (ax1 == ax2 or ay1 == ay2) and (bx1 == bx2 or by1 == by2)
    if apart or empty:
        return 0
    xs, ys = sorted([ax1, ax2, bx1, bx2]), sorted([ay1, ay2, by1, by2])
    shared = (xs[2] - xs[1]) * (ys[2] - ys[1])
    only_a = (ax2 - ax1) * (ay2 - ay1) - shared
    only_b = (bx2 - bx1) * (by2 - by1) - shared
    return shared / (only_a + shared + only_b)
