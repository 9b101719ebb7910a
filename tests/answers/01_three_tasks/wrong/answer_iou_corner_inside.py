"""Boxes overlap only if a corner of one lies in the other.

names: corner-inside
severity: major
"""

# %% 01-box-iou
def box_iou(a, b):
    def holds_a_corner(one, other):
        return any(
            one[0] <= x <= one[2] and one[1] <= y <= one[3]
            for x in (other[0], other[2])
            for y in (other[1], other[3])
        )

    if not (holds_a_corner(a, b) or holds_a_corner(b, a)):
        return 0.0
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union else 0.0
