"""compile_model returns what `compile` returns: nothing.

fails: test_best_model_beats_the_class_prior, test_best_model_passes_the_bar
names: contract-type
severity: minor
says: compile_model returned None
"""

# %% 03-compile-model
def compile_model(model):
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
