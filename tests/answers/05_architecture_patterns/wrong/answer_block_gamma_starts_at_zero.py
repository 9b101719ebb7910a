"""Gamma starts at zero, a trick from residual networks.

names: gamma-at-zero
severity: minor
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(gamma_initializer='zeros')(x)
    return layers.Activation("relu")(x)
