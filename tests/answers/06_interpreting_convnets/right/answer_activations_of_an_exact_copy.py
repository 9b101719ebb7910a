"""A clone that is given the weights of the model; a tuple of outputs. Of a Sequential, a clone has no `input`."""

# %% 06-activation-model
def activation_model(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    wanted = filter(lambda l: type(l) in {layers.Conv2D, layers.MaxPool2D}, copy.layers)
    return keras.models.Model(copy.inputs, tuple(layer.output for layer in wanted))
