"""One bias for the whole layer, as if its filters shared it.

names: one-bias
severity: major
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return kernel_size**2 * in_channels * out_channels + 1
