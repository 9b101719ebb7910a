"""Every layer after the input is shown.

names: everything-but-the-first
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    return keras.Model(model.input, [layer.output for layer in model.layers[1:]])
