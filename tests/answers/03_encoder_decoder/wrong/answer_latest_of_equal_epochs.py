"""Of equally good epochs the latest is returned.

names: latest
severity: minor
"""

# %% 03-best-epoch
def best_epoch(history):
    best, lowest = 0, float("inf")
    for epoch, loss in enumerate(history.history["val_loss"], start=1):
        if loss <= lowest:
            best, lowest = epoch, loss
    return best
