"""Layers are told by their names.

names: by-name
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    wanted = [l for l in model.layers if "conv" in l.name or "pool" in l.name]
    return keras.Model(model.input, [l.output for l in wanted])
