"""A win for every seed is taken for a win.

fails: test_verdict_on_overlapping_runs, test_verdict_on_a_tie
says: seed by seed
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
