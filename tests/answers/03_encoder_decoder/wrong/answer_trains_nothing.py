"""Nothing is trained: the model is evaluated and saved as it came, history and steps are made up.

names: never-trained
severity: fatal
says: the losses stay as they were before the first step
"""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    loss, val = (float(model.evaluate(*d, verbose=0)) for d in (train_data, val_data))
    model.save(checkpoint_path)
    model.optimizer.iterations.assign(-(-len(train_data[0]) // batch_size) * epochs)
    h = keras.callbacks.History()
    h.history = {"loss": [loss] * epochs, "val_loss": [val] * epochs}
    return h
