"""Compares every run with every run."""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    def wins(ours, theirs):
        better = (lambda a, b: a < b) if lower_is_better else (lambda a, b: a > b)
        return all(better(a, b) for a in ours for b in theirs)

    return "stride" if wins(stride, maxpool) else "maxpool" if wins(maxpool, stride) else "undecided"
