"""The gradient is divided by the root of its mean square, as in older recipes.

names: root-mean-square
severity: fatal
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    gradient /= tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-8
    return image + learning_rate * gradient
