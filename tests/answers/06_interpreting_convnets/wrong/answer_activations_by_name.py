"""Layers are told by their names.

fails: test_layers_are_told_by_their_kind
says: tell layers by their class
"""

# %% 06-activation-model
def activation_model(model):
    wanted = [l for l in model.layers if "conv" in l.name or "pool" in l.name]
    return keras.Model(model.input, [l.output for l in wanted])
