"""Returns whether strides win.

names: true-or-false
severity: fatal
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    return max(stride) < min(maxpool)
