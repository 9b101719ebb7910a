"""The parameters of an ordinary convolution.

names: ordinary
severity: fatal
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return (kernel_size**2 * in_channels + use_bias) * out_channels
