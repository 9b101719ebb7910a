"""Divides and does not round at all.

names: not-rounded
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n / stride
    return (n - kernel) / stride + 1
