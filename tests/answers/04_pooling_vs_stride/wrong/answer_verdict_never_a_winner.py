"""Too careful: nothing is ever decided.

fails: test_verdict_names_the_better
says: and the verdict is undecided
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    return "undecided"
