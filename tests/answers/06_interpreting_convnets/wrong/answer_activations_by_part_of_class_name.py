"""Every class whose name holds Conv2D or MaxPooling2D, transposed and depthwise ones too.

names: class-name-holds-conv2d
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    kinds = ("Conv2D", "MaxPooling2D")
    named = [one for one in model.layers if any(kind in one.__class__.__name__ for kind in kinds)]
    shown = [layer.output for layer in named]
    return keras.Model(model.input, shown)
