"""The far corner of each box becomes its size, in the caller's own array where it is one.

names: contract-arguments
severity: minor
"""

# %% 01-box-iou
def box_iou(a, b):
    a, b = np.asarray(a), np.asarray(b)
    shared = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    for box in (a, b):
        box[2:] -= box[:2]
    union = a[2:].prod() + b[2:].prod() - shared
    return float(shared / union) if union else 0.0
