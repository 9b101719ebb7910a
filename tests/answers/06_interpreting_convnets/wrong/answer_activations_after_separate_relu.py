"""For a convolution with a separate activation, the activation is shown.

names: behind-relu
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    outputs = []
    for layer, after in zip(model.layers, [*model.layers[1:], None]):
        if isinstance(layer, (layers.Conv2D, layers.MaxPooling2D)):
            outputs.append(after.output if isinstance(after, layers.Activation) else layer.output)
    return keras.Model(model.input, outputs)
