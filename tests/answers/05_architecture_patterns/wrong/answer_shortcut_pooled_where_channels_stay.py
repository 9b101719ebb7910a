"""With pooling, the shortcut is pooled where the number of channels stays.

names: shortcut-pooled-where-channels-stay
severity: major
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
        shortcut = layers.Conv2D(filters, 1, strides=2)(shortcut) if shortcut.shape[-1] != filters else layers.MaxPooling2D(2, padding="same")(shortcut)
    elif shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(shortcut)
    return layers.add([x, shortcut])
