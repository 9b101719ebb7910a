"""Dropout is shown as well: its maps look like those before it.

names: dropout-too
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    shown = (layers.Conv2D, layers.MaxPooling2D, layers.Dropout)
    return keras.Model(model.input, [l.output for l in model.layers if isinstance(l, shown)])
