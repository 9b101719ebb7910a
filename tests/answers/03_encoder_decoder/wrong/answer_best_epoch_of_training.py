"""The training loss is judged.

names: of-training
severity: major
"""

# %% 03-best-epoch
def best_epoch(history):
    return int(np.argmin(history.history["loss"])) + 1
