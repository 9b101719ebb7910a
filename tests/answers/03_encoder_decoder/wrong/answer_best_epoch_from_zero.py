"""The position in the list is returned, counted from 0.

names: from-zero
severity: fatal
"""

# %% 03-best-epoch
def best_epoch(history):
    return int(np.argmin(history.history["val_loss"]))
