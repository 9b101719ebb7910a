"""Of equally good epochs the latest is returned.

fails: test_ties_go_to_the_earliest
says: the later one is returned
"""

# %% 03-best-epoch
def best_epoch(history):
    best, lowest = 0, float("inf")
    for epoch, loss in enumerate(history.history["val_loss"], start=1):
        if loss <= lowest:
            best, lowest = epoch, loss
    return best
