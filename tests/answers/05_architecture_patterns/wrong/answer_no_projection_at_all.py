"""The input is added as it is, whatever the shapes.

fails: test_block_has_the_right_shape, test_projection_is_linear, test_pooling_needs_a_projection_too, test_two_convolutions_with_relu, test_max_pooling_halves_the_maps
says: ncompatible shapes
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
    if pooling:
        y = layers.MaxPooling2D(2, padding="same")(y)
    return layers.add([x, y])
