"""A pair as a Layer subclass."""

# %% 04-get-segmenter
class Pair(layers.Layer):
    def __init__(self, filters, pooled, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Conv2D(filters, 3, 1 if pooled else 2, "same", activation="relu")
        self.second = layers.Conv2D(filters, 3, 1, "same", activation="relu")
        self.pool = layers.MaxPooling2D(2) if pooled else None

    def build(self, shape):
        self.first.build(shape)
        self.second.build(self.first.compute_output_shape(shape))

    def call(self, x):
        x = self.first(x)
        return self.second(x if self.pool is None else self.pool(x))


def get_segmenter(img_size, num_classes, downsampling):
    if downsampling not in {"stride", "maxpool"}:
        raise ValueError(f"unknown: {downsampling}")
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Rescaling(1 / 255.0)(inputs)
    for filters in FILTERS:
        x = Pair(filters, downsampling == "maxpool")(x)
    return keras.Model(inputs, decode(x, num_classes))
