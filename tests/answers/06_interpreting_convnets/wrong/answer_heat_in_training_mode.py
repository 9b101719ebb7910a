"""The model is called in training mode.

names: in-training-mode
severity: major
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, [model.get_layer(layer_name).output, model.output])
    with tf.GradientTape() as tape:
        maps, scores = inside(np.asarray(image, "float32")[np.newaxis], training=True)
        score = scores[:, class_index]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(0, 1, 2))
    heat = np.maximum(tf.reduce_sum(maps[0] * weights, axis=-1).numpy(), 0)
    return heat / heat.max() if heat.max() > 0 else heat
