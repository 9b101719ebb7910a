"""The model is called instead of `predict`, and TensorFlow chooses the class."""

# %% 03-predict-mask
def predict_mask(model, image):
    import tensorflow as tf

    batch = tf.convert_to_tensor(image[np.newaxis], dtype=tf.float32)
    return tf.argmax(model(batch, training=False)[0], axis=-1).numpy().astype("uint8")
