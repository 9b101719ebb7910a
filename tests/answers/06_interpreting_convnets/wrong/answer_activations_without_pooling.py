"""The pooling layers are forgotten.

fails: test_every_convolution_and_pooling_layer_is_shown
says: the outputs of the pooling layers are missing
"""

# %% 06-activation-model
def activation_model(model):
    outputs = []
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            outputs.append(layer.output)
    return keras.Model(model.input, outputs)
