"""The second convolution has strides 2 in place of a pooling.

names: strided
severity: major
"""

# %% 05-residual-block
def residual_block(x, filters, pooling=False):
    step = 2 if pooling else 1
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, strides=step, padding="same", activation="relu")(x)
    if pooling or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=step)(shortcut)
    return layers.add([x, shortcut])
