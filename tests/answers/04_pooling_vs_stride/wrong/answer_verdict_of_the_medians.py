"""The better median wins.

names: medians
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if np.median(stride) < np.median(maxpool):
        return "stride"
    if np.median(maxpool) < np.median(stride):
        return "maxpool"
    return "undecided"
