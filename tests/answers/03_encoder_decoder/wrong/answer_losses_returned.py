"""The dictionary of losses is returned in place of the History.

names: contract-type
severity: minor
says: return the History itself
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    history = model.fit(
        inputs,
        targets,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=val_data,
        callbacks=[keep_best],
        verbose=0,
    )
    return history.history
