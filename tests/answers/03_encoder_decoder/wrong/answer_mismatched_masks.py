"""Images and masks are shuffled one after the other, each in its own order.

fails: test_best_model_passes_the_bar
names: nothing
severity: major
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep_best = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    inputs, targets = train_data
    inputs = np.random.permutation(inputs)
    targets = np.random.permutation(targets)
    return model.fit(
        inputs,
        targets,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=val_data,
        callbacks=[keep_best],
        verbose=0,
    )
