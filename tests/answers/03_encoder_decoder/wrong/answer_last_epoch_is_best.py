"""The last epoch is taken for the best one.

names: last-epoch
severity: major
"""

# %% 03-best-epoch
def best_epoch(history):
    return len(history.history["val_loss"])
