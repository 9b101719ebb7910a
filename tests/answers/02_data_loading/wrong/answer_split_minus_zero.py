"""rows[:-0] is empty.

fails: test_nothing_set_aside
says: rows[:-0] is rows[:0]
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    return inputs[:-num_val], targets[:-num_val], inputs[-num_val:], targets[-num_val:]
