"""The model is built and not returned.

fails: test_every_convolution_and_pooling_layer_is_shown, test_other_layers_are_left_out, test_first_layer_comes_first, test_outputs_are_those_of_the_model, test_layers_are_told_by_their_kind
says: activation_model returned None
"""

# %% 06-activation-model
def activation_model(model):
    shown = [l.output for l in model.layers if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))]
    result = keras.Model(model.input, shown)
