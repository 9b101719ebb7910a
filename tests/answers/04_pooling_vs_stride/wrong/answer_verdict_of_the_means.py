"""The better mean wins.

names: means
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if np.mean(stride) < np.mean(maxpool):
        return "stride"
    if np.mean(maxpool) < np.mean(stride):
        return "maxpool"
    return "undecided"
