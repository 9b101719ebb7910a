"""Sums where others take means, and one einsum."""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.inputs, {"maps": model.get_layer(layer_name).output, "y": model.output})
    x = tf.Variable(tf.cast(image, tf.float32)[None])
    with tf.GradientTape() as tape:
        out = inside(x)
        y = tf.gather(out["y"][0], class_index)
    g = tape.gradient(y, out["maps"])
    heat = tf.nn.relu(tf.einsum("bhwc,bijc->hw", out["maps"], g))
    return tf.math.divide_no_nan(heat, tf.reduce_max(heat)).numpy().astype("float64")
