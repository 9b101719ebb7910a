"""The input is added as it is, whatever the shapes.

names: never-projected
severity: fatal
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
    if pooling:
        y = layers.MaxPooling2D(2, padding="same")(y)
    return layers.add([x, y])
