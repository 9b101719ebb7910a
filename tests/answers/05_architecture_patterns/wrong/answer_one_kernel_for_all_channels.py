"""All channels share one depthwise kernel.

fails: test_one_depthwise_kernel_for_each_input_channel
says: one kernel for each input channel
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 + (in_channels + use_bias) * out_channels
