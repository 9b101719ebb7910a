"""The row at the cut is in neither part.

names: cut-row-lost
severity: fatal
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[: cut - 1], targets[: cut - 1], inputs[cut:], targets[cut:]
