"""The last epoch is taken for the best one.

fails: test_epochs_count_from_one, test_validation_loss_judges, test_ties_go_to_the_earliest
says: not the epoch with the lowest
"""

# %% 03-best-epoch
def best_epoch(history):
    return len(history.history["val_loss"])
