"""round() goes to the nearest, so a small rest is lost.

names: nothing
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return int(n / stride + 0.4)
    return int((n - kernel) / stride + 0.9) + 1
