"""The depthwise step is not counted.

fails: test_one_depthwise_kernel_for_each_input_channel
says: the depthwise step is missing
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return (in_channels + use_bias) * out_channels
