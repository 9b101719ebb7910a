"""The biases are never counted.

fails: test_one_bias_for_each_filter
says: makes no difference
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    return kernel_size**2 * in_channels + in_channels * out_channels
