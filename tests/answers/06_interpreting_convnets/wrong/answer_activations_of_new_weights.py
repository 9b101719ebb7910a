"""A clone of the model, whose weights are drawn anew; of a Sequential, the clone has no `input`.

names: nothing
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    copy = keras.models.clone_model(model)
    shown = [l.output for l in copy.layers if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))]
    return keras.Model(copy.input, shown)
