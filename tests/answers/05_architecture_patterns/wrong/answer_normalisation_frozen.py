"""The normalisation is frozen: it behaves in training as in use.

names: normalisation-frozen
severity: major
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(trainable=False)(x)
    x = layers.Activation("relu")(x)
    return x
