"""The convolution is frozen by a copied line.

names: convolution-frozen
severity: major
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, trainable=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
