"""The gradient is used with the length that it has.

fails: test_learning_rate_is_the_length_of_the_step
says: scale the gradient to length 1
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * gradient
