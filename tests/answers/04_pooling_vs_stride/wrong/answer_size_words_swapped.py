""""same" and "valid" mixed up.

fails: test_same_rounds_up, test_same_does_not_depend_on_the_kernel, test_valid_counts_whole_windows
says: count the windows
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "valid":
        return -(-n // stride)
    return (n - kernel) // stride + 1
