"""The model as a Sequential, with its layers in one list."""

# %% 03-get-model
def get_model(img_size, num_classes):
    options = dict(kernel_size=(3, 3), padding="same", activation="relu")
    stack = [keras.Input((*img_size, 3)), layers.Rescaling(scale=1 / 255)]
    for filters in [64, 128, 256]:
        stack += [
            layers.Conv2D(filters, strides=(2, 2), **options),
            layers.Conv2D(filters, strides=(1, 1), **options),
        ]
    for filters in [256, 128, 64]:
        stack += [
            layers.Conv2DTranspose(filters, **options),
            layers.Conv2DTranspose(filters, strides=2, **options),
        ]
    stack.append(layers.Conv2D(num_classes, 3, padding="SAME", activation=keras.activations.softmax))
    return keras.Sequential(stack, name="segmenter")
