"""The step always has length 1.

names: rate-ignored
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + tf.math.l2_normalize(gradient)
