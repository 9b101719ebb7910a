"""Counts the windows with ranges."""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    last = n if padding == "same" else n - kernel + 1
    return len(range(0, last, stride))
