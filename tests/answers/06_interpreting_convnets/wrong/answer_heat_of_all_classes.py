"""The gradient of all scores together is taken.

fails: test_channels_count_by_what_they_do_for_the_score, test_class_is_the_one_asked_for, test_gradients_are_averaged_over_positions, test_evidence_against_the_class_is_cut_off
says: all scores together
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    layer = model.get_layer(layer_name)
    inside = keras.Model(model.input, [layer.output, model.output])
    with tf.GradientTape() as tape:
        maps, scores = inside(np.asarray(image, "float32")[np.newaxis])
        score = scores
    gradient = tape.gradient(score, maps)
    weights = tf.reduce_mean(gradient, axis=(0, 1, 2))
    heat = tf.reduce_sum(maps[0] * weights, axis=-1).numpy()
    heat = np.maximum(heat, 0)
    return heat / heat.max() if heat.max() > 0 else heat
