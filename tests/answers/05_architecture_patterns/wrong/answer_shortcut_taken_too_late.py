"""The shortcut starts after the first convolution.

fails: test_input_passes_unchanged, test_projection_is_linear, test_two_convolutions_with_relu, test_max_pooling_halves_the_maps
says: nothing of the input arrives
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
        shortcut = layers.Conv2D(filters, 1, strides=2)(shortcut)
    elif shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(shortcut)
    return layers.add([x, shortcut])
