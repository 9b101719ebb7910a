"""The relu is a function."""

# %% 05-conv-bn-relu
def conv_bn_relu(x, filters):
    convolution = layers.Convolution2D(filters, 3, strides=1, padding="same", use_bias=False)
    return keras.ops.relu(layers.BatchNormalization()(convolution(x)))
