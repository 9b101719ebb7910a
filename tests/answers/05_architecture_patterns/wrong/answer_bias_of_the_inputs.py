"""There is a bias for each input channel.

names: bias-of-inputs
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return (kernel_size**2 + out_channels + use_bias) * in_channels
