"""The model learns from all images there are, those for validation too.

names: validation-leaks
severity: fatal
says: learns from the validation data too
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    inputs = np.concatenate([train_data[0], val_data[0]])
    targets = np.concatenate([train_data[1], val_data[1]])
    keep = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    return model.fit(inputs, targets, epochs=epochs, batch_size=batch_size,
                     validation_data=val_data, callbacks=[keep], verbose=0)
