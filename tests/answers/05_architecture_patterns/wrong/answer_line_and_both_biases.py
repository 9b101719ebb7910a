"""Two slips at once: kernels that are lines, and biases in both steps.

fails: test_one_depthwise_kernel_for_each_input_channel, test_one_bias_for_each_filter
says: a line here
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    biases = in_channels + out_channels if use_bias else 0
    return kernel_size * in_channels + in_channels * out_channels + biases
