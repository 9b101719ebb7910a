"""The targets are cut at another place than the inputs.

names: targets-elsewhere
severity: fatal
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], targets[num_val:], inputs[cut:], targets[:num_val]
