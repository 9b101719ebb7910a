"""Only the first epoch is saved.

fails: test_file_holds_the_best_model, test_best_model_passes_the_bar
says: does not hold the model
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    history = model.fit(
        *train_data, epochs=1, batch_size=batch_size, validation_data=val_data, verbose=0
    )
    model.save(checkpoint_path)
    more = model.fit(
        *train_data,
        initial_epoch=1,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=val_data,
        verbose=0,
    )
    for name in history.history:
        history.history[name] = history.history[name] + more.history[name]
    return history
