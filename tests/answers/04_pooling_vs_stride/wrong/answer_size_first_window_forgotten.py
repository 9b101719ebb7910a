"""Counts the steps and forgets the window before the first step.

fails: test_valid_counts_whole_windows
says: one output too few
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return -(-n // stride)
    return (n - kernel) // stride
