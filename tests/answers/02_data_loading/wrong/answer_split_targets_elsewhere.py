"""The targets are cut at another place than the inputs.

fails: test_inputs_and_targets_match, test_last_rows_for_validation
says: do not belong together
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], targets[num_val:], inputs[cut:], targets[:num_val]
