"""The result of the layers comes back without the input.

names: no-shortcut
severity: fatal
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
    return x
