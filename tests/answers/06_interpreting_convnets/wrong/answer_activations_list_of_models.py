"""A list of models, one for each layer.

fails: test_every_convolution_and_pooling_layer_is_shown, test_other_layers_are_left_out, test_first_layer_comes_first, test_outputs_are_those_of_the_model, test_layers_are_told_by_their_kind
says: it should return one model with several outputs
"""

# %% 06-activation-model
def activation_model(model):
    return [
        keras.Model(model.input, l.output)
        for l in model.layers
        if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))
    ]
