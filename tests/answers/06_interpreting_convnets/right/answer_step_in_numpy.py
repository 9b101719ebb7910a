"""Everything but the gradient in NumPy, and any kind of image is taken."""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    x = tf.convert_to_tensor(image, dtype="float32")
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = loss_fn(x)
    g = tape.gradient(y, x).numpy()
    length = np.linalg.norm(g.ravel()) or 1.0
    return tf.constant(x.numpy() + learning_rate * g / length)
