"""If strides do not win, pooling does.

names: always-a-winner
severity: major
"""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    if not lower_is_better:
        stride, maxpool = [-v for v in stride], [-v for v in maxpool]
    return "stride" if max(stride) < min(maxpool) else "maxpool"
