"""The pointwise step is not counted.

names: pointwise-missing
severity: fatal
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + (out_channels if use_bias else 0)
