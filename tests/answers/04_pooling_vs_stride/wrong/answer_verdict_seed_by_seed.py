"""A win for every seed is taken for a win.

names: seed-by-seed
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if all(a < b for a, b in zip(stride, maxpool)):
        return "stride"
    if all(b < a for a, b in zip(stride, maxpool)):
        return "maxpool"
    return "undecided"
