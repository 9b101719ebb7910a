"""Normalisation, relu, convolution: the order of Xception.

fails: test_normalisation_comes_between, test_relu_comes_last
says: negative values leave the block
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return x
