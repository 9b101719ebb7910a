"""The convolution is separable.

fails: test_convolution_keeps_the_size, test_normalisation_comes_between
says: one ordinary 3 x 3 convolution
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
