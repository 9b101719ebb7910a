"""The position in the list is returned, counted from 0.

fails: test_epochs_count_from_one
says: counted from 0
"""

# %% 03-best-epoch
def best_epoch(history):
    return int(np.argmin(history.history["val_loss"]))
