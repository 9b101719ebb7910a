"""Everything with height and width is shown, dropout and rescaling too.

names: all-maps
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    outputs = [layer.output for layer in model.layers if len(layer.output.shape) == 4]
    return keras.Model(model.input, outputs)
