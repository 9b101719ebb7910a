"""Every layer after the input is shown.

fails: test_other_layers_are_left_out
says: only Conv2D and MaxPooling2D layers are wanted
"""

# %% 06-activation-model
def activation_model(model):
    return keras.Model(model.input, [layer.output for layer in model.layers[1:]])
