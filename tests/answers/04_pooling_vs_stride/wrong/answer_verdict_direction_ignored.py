"""The lower number always wins.

fails: test_verdict_names_the_better
says: the worse of the two wins
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if max(stride) < min(maxpool):
        return "stride"
    if max(maxpool) < min(stride):
        return "maxpool"
    return "undecided"
