"""Two slips at once: a bias, and the relu before the normalisation.

fails: test_no_bias_before_the_normalisation, test_relu_comes_last
says: the relu stands before
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    return x
