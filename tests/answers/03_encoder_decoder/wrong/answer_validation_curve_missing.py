"""Only the training loss is drawn.

names: both losses, from epoch 1 on
says: the validation loss is not in the figure
"""

# %% 03-plot-losses
def plot_losses(history):
    loss = history.history["loss"]
    _, axes = plt.subplots()
    epochs = range(1, len(loss) + 1)
    axes.plot(epochs, loss, "bo", label="Training loss")
    axes.set(xlabel="Epoch", ylabel="Loss", title="Training and validation loss")
    axes.legend()
    return axes
