"""The loss is asked about the image divided by 255.

names: rescaled-first-floored
severity: major
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image / 255.0)
    return image + learning_rate * tf.math.l2_normalize(tape.gradient(loss, image))
