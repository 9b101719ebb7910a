"""Dots by scatter, the line dashed, through pyplot and its current axes."""

# %% 03-plot-losses
def plot_losses(history):
    h = history.history
    x = np.arange(1, len(h["loss"]) + 1)
    plt.figure()
    plt.plot(x, h["val_loss"], "k--", label="validation")
    plt.scatter(x, h["loss"], label="training")
    plt.xlabel("epoch")
    plt.ylabel("cross-entropy")
    plt.legend(loc="best")
    return plt.gca()
