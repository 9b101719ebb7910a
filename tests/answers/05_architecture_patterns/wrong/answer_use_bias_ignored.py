"""The biases are always counted.

names: bias-always
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + (in_channels + 1) * out_channels
