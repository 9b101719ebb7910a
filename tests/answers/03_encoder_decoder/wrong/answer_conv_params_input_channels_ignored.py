"""A filter is thought to look at one channel only.

names: one-channel-seen
severity: major
"""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    return (kernel_size**2 + 1) * out_channels
