"""The biases are never counted.

names: bias-never
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + in_channels * out_channels
