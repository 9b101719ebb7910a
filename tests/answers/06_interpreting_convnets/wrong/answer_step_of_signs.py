"""Only the signs of the gradient are used.

fails: test_learning_rate_is_the_length_of_the_step, test_step_follows_the_gradient
says: only the signs of the gradient
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * tf.sign(gradient)
