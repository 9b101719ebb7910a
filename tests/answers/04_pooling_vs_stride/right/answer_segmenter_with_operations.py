"""Operations in place of layers: rescaling, relu and pooling."""

# %% 04-get-segmenter
def get_segmenter(img_size, num_classes, downsampling):
    if downsampling not in ("stride", "maxpool"):
        raise ValueError(downsampling)
    stride = 2 if downsampling == "stride" else 1
    inputs = keras.Input(shape=(*img_size, 3))
    x = inputs / 255
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, strides=stride, activation="relu", padding="same")(x)
        if downsampling == "maxpool":
            x = keras.ops.max_pool(x, 2)
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = keras.ops.relu(x)
    return keras.Model(inputs, decode(x, num_classes))
