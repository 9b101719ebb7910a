""""same" drops the rest at the end, as pooling does.

names: same-rounded-down
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n // stride
    return (n - kernel) // stride + 1
