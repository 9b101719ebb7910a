"""Training stops when the validation loss has risen once, before the epochs are done.

names: stops-at-once
severity: major
says: training stops before the epochs are over
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep = keras.callbacks.ModelCheckpoint(checkpoint_path, monitor="val_loss", save_best_only=True)
    return model.fit(train_data[0], train_data[1], epochs=epochs, batch_size=batch_size,
                     validation_data=val_data, callbacks=[keep, keras.callbacks.EarlyStopping(patience=1)], verbose=0)
