"""Downhill on minus the loss."""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = -loss_fn(image)
    slope = tape.gradient(loss, image)
    slope = keras.ops.divide_no_nan(slope, keras.ops.sqrt(keras.ops.sum(slope**2)))
    return keras.ops.subtract(image, learning_rate * slope)
