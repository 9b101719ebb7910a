"""Labels are treated as quantities.

fails: test_best_model_beats_the_class_prior, test_best_model_passes_the_bar
names: squared-error
severity: fatal
"""

# %% 03-compile-model
def compile_model(model):
    model.compile(optimizer="rmsprop", loss="mse")
    return model
