"""Training keeps all rows.

fails: test_last_rows_for_validation
says: learnt by heart
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs, targets, inputs[cut:], targets[cut:]
