"""The model gives the last convolution alone.

fails: test_every_convolution_and_pooling_layer_is_shown, test_other_layers_are_left_out, test_first_layer_comes_first, test_outputs_are_those_of_the_model, test_layers_are_told_by_their_kind
says: the model has a single output
"""

# %% 06-activation-model
def activation_model(model):
    last = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)][-1]
    return keras.Model(model.input, last.output)
