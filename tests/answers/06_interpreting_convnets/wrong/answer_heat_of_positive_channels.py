"""Channels that speak against the class are left out before adding up.

names: left out channel by channel|cut-early
severity: major
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    layer = model.get_layer(layer_name)
    inside = keras.Model(model.input, [layer.output, model.output])
    with tf.GradientTape() as tape:
        maps, scores = inside(np.asarray(image, "float32")[np.newaxis])
        score = scores[:, class_index]
    gradient = tape.gradient(score, maps)
    weights = tf.nn.relu(tf.reduce_mean(gradient, axis=(0, 1, 2)))
    heat = tf.reduce_sum(maps[0] * weights, axis=-1).numpy()
    heat = np.maximum(heat, 0)
    return heat / heat.max() if heat.max() > 0 else heat
