"""Maps and scores come from separate calls, so no gradient links them.

fails: test_heatmap_has_the_size_of_the_maps, test_channels_count_by_what_they_do_for_the_score, test_model_gets_the_image_as_it_is, test_class_is_the_one_asked_for, test_layer_is_the_one_asked_for, test_gradients_are_averaged_over_positions, test_evidence_against_the_class_is_cut_off, test_hottest_place_has_heat_one, test_no_evidence_no_heat
says: None
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
