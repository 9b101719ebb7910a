"""The block never pools.

names: never-pooled
severity: major
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(shortcut)
    return layers.add([x, shortcut])
