"""The cross-entropy that wants one-hot targets.

fails: test_best_model_beats_the_class_prior, test_best_model_passes_the_bar
names: one-hot-wanted
severity: fatal
"""

# %% 03-compile-model
def compile_model(model):
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
    return model
