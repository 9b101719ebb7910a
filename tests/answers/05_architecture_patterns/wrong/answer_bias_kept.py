"""The convolution keeps its bias.

fails: test_no_bias_before_the_normalisation
says: which the normalisation takes away
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
