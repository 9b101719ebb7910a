"""Five epochs, whatever was asked for.

names: five-epochs
severity: fatal
says: the number of epochs
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    return model.fit(
        inputs,
        targets,
        epochs=5,
        batch_size=batch_size,
        validation_data=val_data,
        callbacks=[keep_best],
        verbose=0,
    )
