"""The step as a compiled TensorFlow function, with an epsilon."""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    @tf.function
    def climb(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss_fn(x)
        g = tape.gradient(value, x)
        return x + learning_rate * g / (tf.norm(g) + 1e-6)

    return climb(image)
