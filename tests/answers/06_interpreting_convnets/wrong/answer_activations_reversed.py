"""The last layer comes first.

names: reversed
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    shown = [l.output for l in model.layers if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))]
    return keras.Model(model.input, shown[::-1])
