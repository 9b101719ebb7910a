"""The file is written at the beginning of each epoch, with the model of the one before.

names: saved-before-the-epoch
severity: major
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    class Keeper(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.save(checkpoint_path)

    x, y = train_data
    return model.fit(
        x, y, epochs=epochs, batch_size=batch_size, validation_data=val_data, verbose=0,
        callbacks=[Keeper()],
    )
