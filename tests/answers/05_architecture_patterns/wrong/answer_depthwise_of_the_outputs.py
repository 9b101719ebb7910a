"""There is a depthwise kernel for each output channel.

names: depthwise-of-outputs
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * out_channels + (in_channels + use_bias) * out_channels
