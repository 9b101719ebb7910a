"""What goes into each layer is shown, not what comes out.

names: inputs
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    shown = [l.input for l in model.layers if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))]
    return keras.Model(model.input, shown)
