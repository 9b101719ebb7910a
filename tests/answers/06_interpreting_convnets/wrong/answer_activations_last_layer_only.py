"""The model gives the last convolution alone.

names: only the last|last of the
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    last = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)][-1]
    return keras.Model(model.input, last.output)
