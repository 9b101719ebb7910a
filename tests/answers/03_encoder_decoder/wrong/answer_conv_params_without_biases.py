"""The biases are left out.

fails: test_biases_are_counted
says: the biases are missing
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return kernel_size * kernel_size * in_channels * out_channels
