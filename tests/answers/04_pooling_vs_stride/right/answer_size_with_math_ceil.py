"""math.ceil in one formula, padding in capitals or not."""

# %% 04-output-size
from math import ceil


def output_size(n, kernel, stride, padding):
    return ceil((n if padding.lower() == "same" else n - kernel + 1) / stride)
