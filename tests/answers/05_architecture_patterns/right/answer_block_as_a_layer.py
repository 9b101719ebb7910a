"""The block is a Layer subclass, without biases."""

# %% 05-residual-block
class Residual(layers.Layer):
    def __init__(self, filters, pooling, project):
        super().__init__()
        self.first = layers.Conv2D(filters, 3, padding="same", activation="relu", use_bias=False)
        self.second = layers.Conv2D(filters, 3, padding="same", activation="relu", use_bias=False)
        self.pool = layers.MaxPooling2D(2, padding="same") if pooling else None
        strides = 2 if pooling else 1
        self.projection = layers.Conv2D(filters, 1, strides=strides) if project else None

    def build(self, shape):
        self.first.build(shape)
        self.second.build(self.first.compute_output_shape(shape))
        if self.projection:
            self.projection.build(shape)

    def call(self, x):
        y = self.second(self.first(x))
        y = self.pool(y) if self.pool else y
        return y + (self.projection(x) if self.projection else x)


def residual_block(x, filters, pooling=False):
    return Residual(filters, pooling, pooling or x.shape[-1] != filters)(x)
