"""The convolutions are taken for blocks that end in their pooling.

names: pooling-only
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    outputs = [layer.output for layer in model.layers if isinstance(layer, layers.MaxPooling2D)]
    return keras.Model(model.input, outputs)
