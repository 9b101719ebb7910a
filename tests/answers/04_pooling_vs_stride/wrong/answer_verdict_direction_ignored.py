"""The lower number always wins.

names: direction-ignored
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if max(stride) < min(maxpool):
        return "stride"
    if max(maxpool) < min(stride):
        return "maxpool"
    return "undecided"
