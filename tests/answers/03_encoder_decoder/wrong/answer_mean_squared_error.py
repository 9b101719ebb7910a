"""Labels are treated as quantities.

fails: test_loss_takes_whole_number_labels, test_best_model_passes_the_bar, test_best_model_beats_the_class_prior
says: is not the cross-entropy
"""

# %% 03-compile-model
def compile_model(model):
    model.compile(optimizer="rmsprop", loss="mse")
    return model
