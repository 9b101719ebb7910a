"""A window that hangs over the edge counts for "valid" too.

fails: test_valid_counts_whole_windows
says: one output too many
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return -(-n // stride)
    return -((kernel - n) // stride) + 1
