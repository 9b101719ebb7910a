"""The checkpoint is overwritten after every epoch.

names: last-epoch-kept
severity: major
says: the model of the last epoch
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    callbacks = [keras.callbacks.ModelCheckpoint(checkpoint_path)]
    return model.fit(
        *train_data,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=val_data,
        callbacks=callbacks,
        verbose=0,
    )
