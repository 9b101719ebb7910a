"""There is one bias in all.

names: single-bias
severity: major
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return (kernel_size**2 + out_channels) * in_channels + int(use_bias)
