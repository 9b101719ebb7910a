"""Training keeps all rows.

names: all-to-train
severity: fatal
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs, targets, inputs[cut:], targets[cut:]
