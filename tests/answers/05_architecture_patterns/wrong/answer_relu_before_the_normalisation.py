"""The convolution has the relu, and the normalisation comes last.

fails: test_relu_comes_last
says: the relu stands before the normalisation
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    return x
