"""Nothing is saved.

fails: test_file_holds_the_best_model, test_best_model_beats_the_class_prior, test_best_model_passes_the_bar
says: there is no file at checkpoint_path
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    return model.fit(
        *train_data, epochs=epochs, batch_size=batch_size, validation_data=val_data, verbose=0
    )
