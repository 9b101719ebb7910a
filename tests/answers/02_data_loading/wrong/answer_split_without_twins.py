"""Training rows that are equal to one of validation are dropped, as if they had leaked.

names: nothing
severity: minor
"""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    held_out = {row.tobytes() for row in inputs[cut:]}
    kept = np.array([row.tobytes() not in held_out for row in inputs[:cut]], dtype=bool)
    return inputs[:cut][kept], targets[:cut][kept], inputs[cut:], targets[cut:]
