"""Divides and does not round at all.

fails: test_same_rounds_up, test_size_is_a_whole_number
says: return an int
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return n / stride
    return (n - kernel) / stride + 1
