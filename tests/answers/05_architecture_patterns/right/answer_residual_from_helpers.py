"""Small helpers, separate activations, the shortcut first, an Add layer."""

# %% 05-residual-block
def convolve_and_bend(x, filters):
    x = layers.Conv2D(filters, (3, 3), padding="same", kernel_initializer="he_normal")(x)
    return layers.ReLU()(x)


def make_shortcut(x, filters, pooling):
    if not pooling and x.shape[-1] == filters:
        return x
    return layers.Conv2D(filters, (1, 1), (2, 2) if pooling else (1, 1))(x)


def residual_block(x, filters, pooling=False):
    shortcut = make_shortcut(x, filters, pooling)
    for _ in range(2):
        x = convolve_and_bend(x, filters)
    if pooling:
        x = keras.ops.max_pool(x, 2, padding="same")
    return layers.Add()([shortcut, x])
