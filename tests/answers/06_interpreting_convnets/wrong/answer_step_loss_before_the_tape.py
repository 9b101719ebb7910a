"""The loss is computed before the tape runs.

names: nothing
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    loss = loss_fn(image)
    with tf.GradientTape() as tape:
        tape.watch(image)
    return image + learning_rate * tf.math.l2_normalize(tape.gradient(loss, image))
