""""same" and "valid" mixed up.

names: words-swapped
severity: fatal
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "valid":
        return -(-n // stride)
    return (n - kernel) // stride + 1
