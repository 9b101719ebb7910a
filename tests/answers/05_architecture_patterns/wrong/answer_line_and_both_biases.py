"""Two slips at once: kernels that are lines, and biases in both steps.

names: line+bias-in-both
severity: fatal
"""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    biases = in_channels + out_channels if use_bias else 0
    return kernel_size * in_channels + in_channels * out_channels + biases
