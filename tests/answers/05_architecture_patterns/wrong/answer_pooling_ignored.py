"""The block never pools.

fails: test_block_has_the_right_shape, test_pooling_needs_a_projection_too, test_projection_is_linear, test_max_pooling_halves_the_maps
says: wrong size
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(shortcut)
    return layers.add([x, shortcut])
