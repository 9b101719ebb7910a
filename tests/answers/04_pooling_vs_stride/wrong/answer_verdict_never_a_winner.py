"""Too careful: nothing is ever decided.

names: never
severity: fatal
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    return "undecided"
