"""Each block is a Layer subclass."""

# %% 05-mini-xception
class Block(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.norms = [layers.BatchNormalization() for _ in range(2)]
        self.convs = [
            layers.SeparableConv2D(filters, 3, padding="same", use_bias=False) for _ in range(2)
        ]
        self.pool = layers.MaxPooling2D(3, 2, "same")
        self.project = layers.Conv2D(filters, 1, 2, "same", use_bias=False)

    def build(self, shape):
        self.project.build(shape)
        for norm, conv in zip(self.norms, self.convs, strict=True):
            norm.build(shape)
            conv.build(shape)
            shape = conv.compute_output_shape(shape)

    def call(self, x, training=None):
        y = x
        for norm, conv in zip(self.norms, self.convs, strict=True):
            y = conv(keras.ops.relu(norm(y, training=training)))
        return self.pool(y) + self.project(x)


def mini_xception(input_shape, num_classes):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 5, use_bias=False),
            *(Block(filters) for filters in (32, 64, 128, 256, 512)),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.5),
        ]
    )
    if num_classes == 2:
        model.add(layers.Dense(1, "sigmoid"))
    else:
        model.add(layers.Dense(num_classes, "softmax"))
    return model
