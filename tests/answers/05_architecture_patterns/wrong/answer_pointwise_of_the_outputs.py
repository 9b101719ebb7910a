"""The pointwise step is taken to mix the output channels.

fails: test_pointwise_step_mixes_all_channels
says: the pointwise step is counted wrongly
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + (out_channels + use_bias) * out_channels
