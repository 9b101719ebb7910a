"""Only layers called conv... or pool... are looked for, in lower case and at the start.

names: by-start-of-name
severity: major
"""

# %% 06-activation-model
def activation_model(model):
    outputs = [l.output for l in model.layers if l.name.startswith(("conv", "pool", "max_pool"))]
    return keras.Model(model.input, outputs)
