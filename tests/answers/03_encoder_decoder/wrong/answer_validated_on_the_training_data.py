"""The model is measured on what it learns from.

names: validated-on-training
severity: major
says: on the data that it is trained on
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
        validation_data=train_data,
        callbacks=[keep_best],
        verbose=0,
    )
