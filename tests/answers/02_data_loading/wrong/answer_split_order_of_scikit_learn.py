"""Both inputs come first, then both targets.

fails: test_order_of_the_four_arrays
says: come in another order
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], inputs[cut:], targets[:cut], targets[cut:]
