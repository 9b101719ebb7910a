"""np.ceil and np.floor round and still give floats.

names: contract-type
severity: minor
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return np.ceil(n / stride)
    return np.floor((n - kernel) / stride) + 1
