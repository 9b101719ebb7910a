"""First all convolutions, then all pooling layers.

fails: test_first_layer_comes_first
says: not in the order of the layers
"""

# %% 06-activation-model
def activation_model(model):
    convs = [l.output for l in model.layers if isinstance(l, layers.Conv2D)]
    pools = [l.output for l in model.layers if isinstance(l, layers.MaxPooling2D)]
    return keras.Model(model.input, convs + pools)
