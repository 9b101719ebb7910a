"""Layer normalisation in place of batch normalisation.

names: layer-normalisation
severity: fatal
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.LayerNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
