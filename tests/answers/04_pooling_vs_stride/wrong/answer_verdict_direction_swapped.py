"""lower_is_better is read the wrong way round.

fails: test_verdict_names_the_better
says: the worse of the two wins
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    if max(stride) < min(maxpool):
        return "stride"
    if max(maxpool) < min(stride):
        return "maxpool"
    return "undecided"
