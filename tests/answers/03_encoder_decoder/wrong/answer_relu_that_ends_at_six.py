"""The relu of mobile networks, which ends at 6.

names: relu6-for-relu
severity: major
"""

# %% 03-get-model
def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Rescaling(1.0 / 255)(inputs)

    x = layers.Conv2D(64, 3, strides=2, activation="relu6", padding="same")(x)
    x = layers.Conv2D(64, 3, activation="relu6", padding="same")(x)
    x = layers.Conv2D(128, 3, strides=2, activation="relu6", padding="same")(x)
    x = layers.Conv2D(128, 3, activation="relu6", padding="same")(x)
    x = layers.Conv2D(256, 3, strides=2, padding="same", activation="relu6")(x)
    x = layers.Conv2D(256, 3, activation="relu6", padding="same")(x)

    x = layers.Conv2DTranspose(256, 3, activation="relu6", padding="same")(x)
    x = layers.Conv2DTranspose(256, 3, activation="relu6", padding="same", strides=2)(x)
    x = layers.Conv2DTranspose(128, 3, activation="relu6", padding="same")(x)
    x = layers.Conv2DTranspose(128, 3, activation="relu6", padding="same", strides=2)(x)
    x = layers.Conv2DTranspose(64, 3, activation="relu6", padding="same")(x)
    x = layers.Conv2DTranspose(64, 3, activation="relu6", padding="same", strides=2)(x)

    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    return keras.Model(inputs, outputs)
