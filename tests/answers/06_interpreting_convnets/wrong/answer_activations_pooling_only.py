"""The convolutions are taken for blocks that end in their pooling.

fails: test_every_convolution_and_pooling_layer_is_shown
says: the outputs of the convolutions are missing
"""

# %% 06-activation-model
def activation_model(model):
    outputs = [layer.output for layer in model.layers if isinstance(layer, layers.MaxPooling2D)]
    return keras.Model(model.input, outputs)
