"""The encoder is a Sequential model, used as one layer."""

# %% 04-get-segmenter
def get_segmenter(img_size, num_classes, downsampling):
    if downsampling == "stride":
        steps, pooling = 2, []
    elif downsampling == "maxpool":
        steps, pooling = 1, [layers.MaxPooling2D(2), layers.MaxPooling2D(2)]
    else:
        raise ValueError("stride or maxpool")
    encoder = keras.Sequential([layers.Rescaling(1 / 255)])
    for i, filters in enumerate(FILTERS):
        encoder.add(layers.Conv2D(filters, (3, 3), (steps, steps), padding="same", activation="relu"))
        if pooling:
            encoder.add(pooling[i])
        encoder.add(layers.Conv2D(filters, (3, 3), padding="same", activation="relu"))
    inputs = keras.Input(tuple(img_size) + (3,))
    return keras.Model(inputs, decode(encoder(inputs), num_classes))
