"""The signs of the gradient, scaled to length 1.

names: signs-of-right-length
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * tf.math.l2_normalize(tf.sign(gradient))
