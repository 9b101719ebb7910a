"""Always builds the strided version.

names: argument-ignored
severity: major
"""

# %% 04-get-segmenter
def get_segmenter(img_size, num_classes, downsampling):
    inputs = keras.Input(shape=(*img_size, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, strides=2, activation="relu", padding="same")(x)
        x = layers.Conv2D(filters, 3, activation="relu", padding="same")(x)
    return keras.Model(inputs, decode(x, num_classes))
