"""The training loss is judged.

fails: test_validation_loss_judges
says: the *training* loss is lowest
"""

# %% 03-best-epoch
def best_epoch(history):
    return int(np.argmin(history.history["loss"])) + 1
