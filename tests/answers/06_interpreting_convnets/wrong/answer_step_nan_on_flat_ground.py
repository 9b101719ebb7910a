"""Zero is divided by zero where there is no slope.

fails: test_no_slope_no_step
says: 0 / 0 is no number
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * gradient / tf.norm(gradient)
