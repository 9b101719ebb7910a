"""A leaky relu lets a part of the negative values through.

fails: test_relu_comes_last
says: negative values leave the block
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU()(x)
    return x
