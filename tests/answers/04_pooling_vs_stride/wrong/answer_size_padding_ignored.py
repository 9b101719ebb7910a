"""One formula for both kinds of padding.

names: padding-ignored
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    return (n - kernel) // stride + 1
