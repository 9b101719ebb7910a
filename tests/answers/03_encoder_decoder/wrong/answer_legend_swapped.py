"""The labels of the two curves have changed places.

names: a legend that names the curves
says: the legend calls the training loss validation
"""

# %% 03-plot-losses
def plot_losses(history):
    loss, val_loss = history.history["loss"], history.history["val_loss"]
    _, axes = plt.subplots()
    epochs = range(1, len(loss) + 1)
    axes.plot(epochs, loss, "bo", label="Validation loss")
    axes.plot(epochs, val_loss, "b", label="Training loss")
    axes.set(xlabel="Epoch", ylabel="Loss", title="Training and validation loss")
    axes.legend()
    return axes
