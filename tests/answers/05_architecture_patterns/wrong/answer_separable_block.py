"""The convolution is separable.

names: separable
severity: fatal
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
