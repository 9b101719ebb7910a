"""Both inputs come first, then both targets.

names: by-kind
severity: fatal
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], inputs[cut:], targets[:cut], targets[cut:]
