"""Joins and sorts all runs: a winner's come first."""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    runs = sorted([(v, "stride") for v in stride] + [(v, "maxpool") for v in maxpool])
    if not lower_is_better:
        runs.reverse()
    for word, count in (("stride", len(stride)), ("maxpool", len(maxpool))):
        if {name for _, name in runs[:count]} == {word} and runs[count - 1][0] != runs[count][0]:
            return word
    return "undecided"
