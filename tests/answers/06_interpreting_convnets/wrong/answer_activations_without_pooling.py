"""The pooling layers are forgotten.

names: no-pooling
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    outputs = []
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            outputs.append(layer.output)
    return keras.Model(model.input, outputs)
