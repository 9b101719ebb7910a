"""The channels are not added up.

fails: test_heatmap_has_the_size_of_the_maps, test_channels_count_by_what_they_do_for_the_score, test_model_gets_the_image_as_it_is, test_class_is_the_one_asked_for, test_layer_is_the_one_asked_for, test_gradients_are_averaged_over_positions, test_evidence_against_the_class_is_cut_off, test_hottest_place_has_heat_one, test_no_evidence_no_heat
says: add the channels up
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    layer = model.get_layer(layer_name)
    inside = keras.Model(model.input, [layer.output, model.output])
    with tf.GradientTape() as tape:
        maps, scores = inside(np.asarray(image, "float32")[np.newaxis])
        score = scores[:, class_index]
    gradient = tape.gradient(score, maps)
    weights = tf.reduce_mean(gradient, axis=(0, 1, 2))
    heat = (maps[0] * weights).numpy()
    heat = np.maximum(heat, 0)
    return heat / heat.max() if heat.max() > 0 else heat
