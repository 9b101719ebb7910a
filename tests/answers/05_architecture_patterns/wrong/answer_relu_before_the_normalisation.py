"""The convolution has the relu, and the normalisation comes last.

names: relu-before-normalisation
severity: major
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    return x
