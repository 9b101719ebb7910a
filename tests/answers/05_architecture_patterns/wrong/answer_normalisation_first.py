"""The normalisation stands before the convolution.

names: normalised-first
severity: fatal
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    return x
