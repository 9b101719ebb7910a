"""Equal counts as better.

names: ties-win
severity: minor
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if max(stride) <= min(maxpool):
        return "stride"
    if max(maxpool) <= min(stride):
        return "maxpool"
    return "undecided"
