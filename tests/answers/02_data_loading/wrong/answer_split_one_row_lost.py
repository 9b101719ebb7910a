"""The row at the cut is in neither part.

fails: test_last_rows_for_validation, test_nothing_set_aside
says: training should hold all other rows
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[: cut - 1], targets[: cut - 1], inputs[cut:], targets[cut:]
