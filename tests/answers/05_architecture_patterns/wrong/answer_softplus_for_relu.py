"""The block ends in a softplus.

fails: test_normalisation_comes_between, test_relu_comes_last
says: something other than relu
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("softplus")(x)
    return x
