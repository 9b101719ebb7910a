"""Two lines that differ by colour alone.

names: dots and a line
says: only a colour tells
"""

# %% 03-plot-losses
def plot_losses(history):
    loss, val_loss = history.history["loss"], history.history["val_loss"]
    _, axes = plt.subplots()
    epochs = range(1, len(loss) + 1)
    axes.plot(epochs, loss, "b", label="Training loss")
    axes.plot(epochs, val_loss, "r", label="Validation loss")
    axes.set(xlabel="Epoch", ylabel="Loss", title="Training and validation loss")
    axes.legend()
    return axes
