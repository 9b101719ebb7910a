"""np.ceil and np.floor round and still give floats.

fails: test_size_is_a_whole_number
says: return an int
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return np.ceil(n / stride)
    return np.floor((n - kernel) / stride) + 1
