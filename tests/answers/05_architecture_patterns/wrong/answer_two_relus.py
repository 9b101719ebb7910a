"""The convolution has a relu, and another one follows the normalisation.

fails: test_normalisation_comes_between
says: does not compute a convolution and then
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
