"""The root of the length is forgotten.

names: nothing
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * gradient / (tf.reduce_sum(gradient**2) + 1e-12)
