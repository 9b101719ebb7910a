"""NumPy counts the weights of arrays of zeros."""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    shapes = [(kernel_size, kernel_size, in_channels), (in_channels, out_channels)]
    shapes += [(out_channels,)] * bool(use_bias)
    return np.sum([np.zeros(shape).size for shape in shapes])
