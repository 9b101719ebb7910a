"""A part of the training data is split off for validation.

names: validation-split
severity: fatal
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    return model.fit(
        inputs,
        targets,
        epochs=epochs,
        batch_size=batch_size,
        validation_split=0.2,
        callbacks=[keep_best],
        verbose=0,
    )
