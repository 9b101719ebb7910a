"""The training data as a shuffled tf.data.Dataset."""

# %% 03-train
def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(train_data).shuffle(1000).batch(batch_size)
    keep = keras.callbacks.ModelCheckpoint(
        filepath=checkpoint_path, monitor="val_loss", mode="min", save_best_only=True
    )
    return model.fit(
        data,
        epochs=epochs,
        validation_data=tf.data.Dataset.from_tensor_slices(val_data).batch(batch_size),
        callbacks=keep,
        verbose=0,
    )
