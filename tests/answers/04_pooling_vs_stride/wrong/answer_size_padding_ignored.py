"""One formula for both kinds of padding.

fails: test_same_rounds_up, test_same_does_not_depend_on_the_kernel
says: round up, not down
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    return (n - kernel) // stride + 1
