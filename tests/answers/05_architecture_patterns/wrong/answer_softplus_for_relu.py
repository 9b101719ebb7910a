"""The block ends in a softplus.

names: softplus-for-relu
severity: fatal
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("softplus")(x)
    return x
