"""The gradient is scaled for each colour by itself.

fails: test_learning_rate_is_the_length_of_the_step, test_step_follows_the_gradient
says: scaled for each colour by itself
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * tf.math.l2_normalize(gradient, axis=(1, 2))
