"""Functions for the parts, names for the layers, a mean over the axes, a separate softmax."""

# %% 05-mini-xception
def normalised_convolution(x, filters, name):
    x = layers.BatchNormalization(name=f"{name}_norm")(x)
    x = layers.ReLU(name=f"{name}_relu")(x)
    convolution = layers.SeparableConvolution2D(
        filters, (3, 3), padding="same", use_bias=False, name=f"{name}_conv"
    )
    return convolution(x)


def xception_block(x, filters):
    y = normalised_convolution(x, filters, f"first_{filters}")
    y = normalised_convolution(y, filters, f"second_{filters}")
    y = keras.ops.max_pool(y, 3, strides=2, padding="same")
    shortcut = layers.Conv2D(filters, 1, strides=2, use_bias=False)(x)
    return layers.Add(name=f"sum_{filters}")([shortcut, y])


def mini_xception(input_shape, num_classes):
    height, width, channels = input_shape
    images = keras.Input((height, width, channels), name="photograph")
    x = layers.Lambda(lambda image: image / 255)(images)
    x = layers.Conv2D(32, (5, 5), padding="valid", use_bias=False)(x)
    for power in range(5, 10):
        x = xception_block(x, 2**power)
    x = keras.ops.mean(x, axis=(1, 2))
    x = layers.Dropout(rate=0.5)(x)
    x = layers.Dense(num_classes if num_classes > 2 else 1)(x)
    activation = layers.Softmax() if num_classes > 2 else layers.Activation("sigmoid")
    return keras.Model(inputs=images, outputs=activation(x))
