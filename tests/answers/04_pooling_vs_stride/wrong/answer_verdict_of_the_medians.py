"""The better median wins.

fails: test_verdict_on_overlapping_runs, test_verdict_on_a_tie
says: the verdict still names a winner
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
