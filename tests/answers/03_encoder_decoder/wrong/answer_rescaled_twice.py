"""The images are divided by 255 before training, and once more in the model.

fails: test_best_model_passes_the_bar
names: divided
severity: fatal
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    inputs = inputs / 255
    return model.fit(
        inputs,
        targets,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=val_data,
        callbacks=[keep_best],
        verbose=0,
    )
