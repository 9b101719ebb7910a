"""The pointwise step is not counted.

fails: test_pointwise_step_mixes_all_channels
says: the pointwise step is missing
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + (out_channels if use_bias else 0)
