"""A list of models, one for each layer.

names: nothing
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    return [
        keras.Model(model.input, l.output)
        for l in model.layers
        if isinstance(l, (layers.Conv2D, layers.MaxPooling2D))
    ]
