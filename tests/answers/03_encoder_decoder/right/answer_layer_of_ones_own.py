"""A pair of convolutions as a Layer subclass that can be saved."""

# %% 03-get-model
@keras.saving.register_keras_serializable("my_course")
class Pair(layers.Layer):
    def __init__(self, filters, down, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.down = filters, down
        kind = layers.Conv2D if down else layers.Conv2DTranspose
        first, second = (2, 1) if down else (1, 2)
        self.first = kind(filters, 3, strides=first, padding="same", activation="relu")
        self.second = kind(filters, 3, strides=second, padding="same", activation="relu")

    def build(self, shape):
        self.first.build(shape)
        self.second.build(self.first.compute_output_shape(shape))

    def call(self, x):
        return self.second(self.first(x))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "down": self.down}


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Rescaling(1 / 255)(inputs)
    for filters in (64, 128, 256):
        x = Pair(filters, down=True)(x)
    for filters in (256, 128, 64):
        x = Pair(filters, down=False)(x)
    return keras.Model(
        inputs, layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    )
