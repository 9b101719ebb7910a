"""Rescaling by a division, relu and softmax by functions of `keras.ops`."""

# %% 03-get-model
def get_model(img_size, num_classes):
    inputs = keras.Input(shape=tuple(img_size) + (3,))
    x = inputs / 255.0
    for n in (64, 128, 256):
        x = keras.ops.relu(layers.Conv2D(n, 3, 2, "same")(x))
        x = keras.ops.relu(layers.Conv2D(n, 3, 1, "same")(x))
    for n in (256, 128, 64):
        x = keras.ops.relu(layers.Conv2DTranspose(n, 3, 1, "same")(x))
        x = keras.ops.relu(layers.Conv2DTranspose(n, 3, 2, "same")(x))
    x = layers.Conv2D(num_classes, 3, padding="same")(x)
    return keras.Model(inputs, keras.ops.softmax(x, axis=-1))
