"""The kernel size is taken for the number of positions of the window.

names: kernel-line
severity: major
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return (kernel_size * in_channels + 1) * out_channels
