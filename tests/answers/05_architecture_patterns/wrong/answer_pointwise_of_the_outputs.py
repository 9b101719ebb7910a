"""The pointwise step is taken to mix the output channels.

names: pointwise-of-outputs
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + (out_channels + use_bias) * out_channels
