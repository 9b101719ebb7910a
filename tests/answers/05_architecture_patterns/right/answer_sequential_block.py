"""A nested Sequential does the work."""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    block = keras.Sequential(
        [
            layers.Conv2D(filters, (3, 3), padding="SAME", use_bias=False, kernel_initializer="he_normal"),
            layers.BatchNormalization(axis=-1),
            layers.ReLU(),
        ]
    )
    return block(x)
