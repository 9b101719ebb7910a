"""The kernel size is not squared.

fails: test_one_depthwise_kernel_for_each_input_channel
says: a line here
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size * in_channels + (in_channels + use_bias) * out_channels
