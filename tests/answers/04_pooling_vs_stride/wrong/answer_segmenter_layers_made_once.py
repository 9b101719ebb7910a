"""The convolutions of the encoder are made once, for all models.

names: nothing
says: each with weights of its own
severity: minor
"""

# %% 04-get-segmenter
ENCODER = [
    (
        layers.Conv2D(filters, 3, strides=2, activation="relu", padding="same"),
        layers.Conv2D(filters, 3, activation="relu", padding="same"),
        layers.Conv2D(filters, 3, activation="relu", padding="same"),
    )
    for filters in FILTERS
]


def get_segmenter(img_size, num_classes, downsampling):
    if downsampling not in ("stride", "maxpool"):
        raise ValueError(downsampling)
    inputs = keras.Input(shape=(*img_size, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for strided, plain, second in ENCODER:
        if downsampling == "maxpool":
            x = layers.MaxPooling2D(2)(plain(x))
        else:
            x = strided(x)
        x = second(x)
    return keras.Model(inputs, decode(x, num_classes))
