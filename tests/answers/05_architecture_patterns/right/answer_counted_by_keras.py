"""A layer is built and asked for its count."""

# %% 05-separable-conv-params
def separable_conv_params(in_channels, out_channels, kernel_size, use_bias):
    layer = layers.SeparableConv2D(out_channels, kernel_size, padding="same", use_bias=use_bias)
    layer.build((None, 8, 8, in_channels))
    return layer.count_params()
