"""Validation comes before training in the result.

names: validation-first
severity: fatal
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[cut:], targets[cut:], inputs[:cut], targets[:cut]
