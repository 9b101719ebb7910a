"""Returns whether strides win.

fails: test_verdict_names_the_better, test_verdict_on_overlapping_runs, test_verdict_on_a_tie
says: should return
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    return max(stride) < min(maxpool)
