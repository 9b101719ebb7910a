"""A window that hangs over the edge counts for "valid" too.

names: valid-rounded-up
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return -(-n // stride)
    return -((kernel - n) // stride) + 1
