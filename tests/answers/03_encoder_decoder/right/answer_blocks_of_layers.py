"""Encoder and decoder as models inside the model."""

# %% 03-get-model
def get_model(img_size, num_classes):
    def half(filters_list, layer, strides, shape, name):
        block = keras.Sequential([keras.Input(shape)], name=name)
        for filters in filters_list:
            for s in strides:
                block.add(layer(filters, 3, strides=s, padding="same", activation="relu"))
        return block

    h, w = img_size
    encoder = half([64, 128, 256], layers.Conv2D, (2, 1), (h, w, 3), "encoder")
    decoder = half([256, 128, 64], layers.Conv2DTranspose, (1, 2), (h // 8, w // 8, 256), "decoder")
    inputs = keras.Input((h, w, 3))
    x = decoder(encoder(layers.Rescaling(1 / 255)(inputs)))
    outputs = layers.Conv2D(num_classes, 3, padding="same", activation="softmax")(x)
    return keras.Model(inputs, outputs)
