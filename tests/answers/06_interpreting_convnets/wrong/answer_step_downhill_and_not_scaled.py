"""Downhill, and as long as the gradient is.

fails: test_step_goes_uphill, test_learning_rate_is_the_length_of_the_step
says: a step downhill
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image - learning_rate * gradient
