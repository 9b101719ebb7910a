"""Activations as layers of their own, and the softmax as one too."""

# %% 03-get-model
def get_model(img_size, num_classes):
    height, width = img_size
    inputs = keras.Input(shape=(height, width, 3), name="photograph")
    x = layers.Rescaling(1 / 255)(inputs)
    for n in (64, 128, 256):
        for strides in (2, 1):
            x = layers.Conv2D(n, 3, strides=strides, padding="same")(x)
            x = layers.Activation("relu")(x)
    for n in (256, 128, 64):
        for strides in (1, 2):
            x = layers.Conv2DTranspose(n, 3, strides=strides, padding="same")(x)
            x = layers.ReLU()(x)
    x = layers.Conv2D(num_classes, 3, padding="same")(x)
    return keras.Model(inputs, layers.Softmax(axis=-1)(x))
