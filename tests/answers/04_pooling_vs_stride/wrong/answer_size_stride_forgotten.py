"""The stride is never used.

names: stride-forgotten
severity: fatal
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n
    return n - kernel + 1
