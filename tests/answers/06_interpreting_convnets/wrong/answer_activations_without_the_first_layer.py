"""The first layer is taken for the input; a Sequential model has none there.

names: first-left-out
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    shown = [layer.output for layer in model.layers[1:] if isinstance(layer, (layers.Conv2D, layers.MaxPooling2D))]
    return keras.Model(model.input, shown)
