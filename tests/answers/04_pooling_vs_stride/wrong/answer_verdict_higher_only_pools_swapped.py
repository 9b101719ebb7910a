"""For an IoU only one direction is thought of.

names: only-stride-of-higher
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if lower_is_better:
        if max(stride) < min(maxpool):
            return "stride"
        if max(maxpool) < min(stride):
            return "maxpool"
    elif min(stride) > max(maxpool):
        return "stride"
    return "undecided"
