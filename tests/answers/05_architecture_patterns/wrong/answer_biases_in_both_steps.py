"""Both steps have biases.

names: bias-in-both
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    biases = in_channels + out_channels if use_bias else 0
    return kernel_size**2 * in_channels + in_channels * out_channels + biases
