"""Nothing is returned where the runs do not decide.

names: none-for-undecided
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]

    if max(stride) < min(maxpool):
        return "stride"
    if max(maxpool) < min(stride):
        return "maxpool"
