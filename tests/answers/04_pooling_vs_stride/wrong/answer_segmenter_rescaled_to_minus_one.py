"""Rescales to -1..1.

names: rescaled-around-zero
severity: major
"""

# %% 04-get-segmenter
def get_segmenter(img_size, num_classes, downsampling):
    if downsampling not in ("stride", "maxpool"):
        raise ValueError(downsampling)
    stride = 2 if downsampling == "stride" else 1
    inputs = keras.Input(shape=(*img_size, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, strides=stride, activation="relu", padding="same")(x)
        if downsampling == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        x = layers.Conv2D(filters, 3, activation="relu", padding="same")(x)
    return keras.Model(inputs, decode(x, num_classes))
