"""Two photographs in a step, whatever was asked for.

names: nothing
severity: major
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    return model.fit(
        inputs,
        targets,
        epochs=epochs,
        batch_size=2,
        validation_data=val_data,
        callbacks=[keep_best],
        verbose=0,
    )
