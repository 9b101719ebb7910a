"""The kernel size is taken for the number of positions of the window.

fails: test_kernel_is_a_square_over_all_input_channels
says: the kernel is a line
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return (kernel_size * in_channels + 1) * out_channels
