"""The biases are left out.

names: without-biases
severity: fatal
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return kernel_size * kernel_size * in_channels * out_channels
