"""The best single run wins.

names: best-runs
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if min(stride) < min(maxpool):
        return "stride"
    if min(maxpool) < min(stride):
        return "maxpool"
    return "undecided"
