"""Validation comes before training in the result.

fails: test_last_rows_for_validation, test_nothing_set_aside
says: training come before it in the result
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[cut:], targets[cut:], inputs[:cut], targets[:cut]
