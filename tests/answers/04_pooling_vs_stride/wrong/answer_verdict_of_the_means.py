"""The better mean wins.

fails: test_verdict_on_overlapping_runs, test_verdict_on_a_tie
says: a better mean
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
