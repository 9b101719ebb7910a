"""First all convolutions, then all pooling layers.

names: grouped
severity: fatal
"""

# %% 06-activation-model
def activation_model(model):
    convs = [l.output for l in model.layers if isinstance(l, layers.Conv2D)]
    pools = [l.output for l in model.layers if isinstance(l, layers.MaxPooling2D)]
    return keras.Model(model.input, convs + pools)
