"""The kernel never counts.

fails: test_valid_counts_whole_windows
says: count the windows
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    return -(-n // stride)
