"""The tape does not watch the image, so there is no gradient.

names: nothing
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * gradient / (tf.norm(gradient) + 1e-8)
