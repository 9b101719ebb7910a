"""Everything with height and width is shown, dropout and rescaling too.

fails: test_other_layers_are_left_out
says: the image itself, or its rescaled form
"""

# %% 06-activation-model
def activation_model(model):
    outputs = [layer.output for layer in model.layers if len(layer.output.shape) == 4]
    return keras.Model(model.input, outputs)
