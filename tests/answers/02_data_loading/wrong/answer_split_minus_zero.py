"""rows[:-0] is empty.

names: minus-zero
severity: minor
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    return inputs[:-num_val], targets[:-num_val], inputs[-num_val:], targets[-num_val:]
