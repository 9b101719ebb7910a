"""One call of fit for each epoch; the histories are joined."""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    joined = keras.callbacks.History()
    joined.history = {"loss": [], "val_loss": []}
    for epoch in range(epochs):
        one = model.fit(
            *train_data,
            initial_epoch=epoch,
            epochs=epoch + 1,
            batch_size=batch_size,
            validation_data=val_data,
            verbose=0,
        )
        if one.history["val_loss"][0] < min(joined.history["val_loss"], default=np.inf):
            model.save(checkpoint_path)
        for name in joined.history:
            joined.history[name] += one.history[name]
    return joined
