"""A filter is thought to look at one channel only.

fails: test_kernel_is_a_square_over_all_input_channels, test_biases_are_counted
says: sees all input channels
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return (kernel_size**2 + 1) * out_channels
