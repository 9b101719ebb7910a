"""Layer normalisation in place of batch normalisation.

fails: test_normalisation_comes_between, test_block_behaves_in_two_ways
says: missing
"""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.LayerNormalization()(x)
    x = layers.Activation("relu")(x)
    return x
