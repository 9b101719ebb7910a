"""Another optimizer than the chapter's.

names: adam
severity: major
says: trains with rmsprop
"""

# %% 03-compile-model
def compile_model(model):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model
