"""The stride is never used.

fails: test_same_rounds_up, test_same_does_not_depend_on_the_kernel, test_valid_counts_whole_windows
says: the kernel's width must not matter
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n
    return n - kernel + 1
