"""Optimizer and loss as objects, with a metric besides."""

# %% 03-compile-model
def compile_model(model):
    model.compile(
        optimizer=keras.optimizers.RMSprop(),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model
