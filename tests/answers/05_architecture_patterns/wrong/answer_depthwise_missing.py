"""The depthwise step is not counted.

names: depthwise-missing
severity: fatal
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return (in_channels + use_bias) * out_channels
