"""Maps and scores come from separate calls, so no gradient links them.

names: nothing
severity: fatal
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, model.get_layer(layer_name).output)
    batch = tf.constant(image[np.newaxis])
    with tf.GradientTape() as tape:
        maps = inside(batch)
        tape.watch(maps)
        score = model(batch)[:, class_index]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(0, 1, 2))
    heat = np.maximum(tf.reduce_sum(maps[0] * weights, axis=-1), 0)
    return heat / heat.max() if heat.max() > 0 else heat
