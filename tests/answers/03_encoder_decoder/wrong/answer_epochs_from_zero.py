"""Matplotlib invents the positions.

names: both losses, from epoch 1 on
says: the first epoch is drawn at 0
"""

# %% 03-plot-losses
def plot_losses(history):
    loss, val_loss = history.history["loss"], history.history["val_loss"]
    _, axes = plt.subplots()
    axes.plot(loss, "bo", label="Training loss")
    axes.plot(val_loss, "b", label="Validation loss")
    axes.set(xlabel="Epoch", ylabel="Loss", title="Training and validation loss")
    axes.legend()
    return axes
