"""The two ways are added with `+`, and the relus are functions."""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    y = keras.ops.relu(layers.Conv2D(filters, 3, padding="same")(x))
    y = keras.ops.relu(layers.Conv2D(filters, 3, padding="same")(y))
    if pooling:
        y = layers.MaxPool2D(padding="same")(y)
        x = layers.Conv2D(filters, 1, strides=2, padding="same")(x)
    elif x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1)(x)
    return x + y
