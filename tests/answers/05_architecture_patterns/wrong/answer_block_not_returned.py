"""The block returns nothing.

fails: test_block_has_the_right_shape, test_input_passes_unchanged, test_projection_only_where_needed, test_projection_is_linear, test_pooling_needs_a_projection_too, test_two_convolutions_with_relu, test_max_pooling_halves_the_maps
says: did you forget `return`
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
        shortcut = layers.Conv2D(filters, 1, strides=2)(shortcut)
    elif shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(shortcut)
    layers.add([x, shortcut])
