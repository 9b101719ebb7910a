"""The best single run wins.

fails: test_verdict_on_overlapping_runs, test_verdict_on_a_tie
says: a better best run
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
