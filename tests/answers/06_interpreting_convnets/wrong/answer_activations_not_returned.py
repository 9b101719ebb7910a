"""The model is built and not returned.

names: nothing
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    shown = [l.output for l in model.layers if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))]
    result = keras.Model(model.input, shown)
