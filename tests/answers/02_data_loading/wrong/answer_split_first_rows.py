"""The first rows are set aside.

fails: test_last_rows_for_validation
says: validation should hold the last rows
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    return inputs[num_val:], targets[num_val:], inputs[:num_val], targets[:num_val]
