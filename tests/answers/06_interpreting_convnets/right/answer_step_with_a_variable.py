"""The image as a variable, which needs no watching."""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    variable = tf.Variable(image)
    with tf.GradientTape() as tape:
        loss = loss_fn(variable)
    gradient = tape.gradient(loss, variable)
    length = tf.sqrt(tf.reduce_sum(tf.square(gradient)))
    if length > 0:
        variable.assign_add(learning_rate * gradient / length)
    return tf.convert_to_tensor(variable)
