"""The image is kept within 0..255.

names: clipped
severity: minor
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return tf.clip_by_value(image + learning_rate * tf.math.l2_normalize(gradient), 0.0, 255.0)
