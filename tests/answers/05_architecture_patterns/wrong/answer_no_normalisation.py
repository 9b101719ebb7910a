"""There is no normalisation.

names: no-normalisation
severity: fatal
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.Activation("relu")(x)
    return x
