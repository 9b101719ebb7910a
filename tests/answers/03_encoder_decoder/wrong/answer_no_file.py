"""Nothing is saved.

fails: test_best_model_beats_the_class_prior, test_best_model_passes_the_bar
names: nothing-saved
severity: major
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    return model.fit(
        *train_data, epochs=epochs, batch_size=batch_size, validation_data=val_data, verbose=0
    )
