"""The maps are averaged without any gradient.

fails: test_channels_count_by_what_they_do_for_the_score, test_class_is_the_one_asked_for, test_gradients_are_averaged_over_positions, test_evidence_against_the_class_is_cut_off, test_no_evidence_no_heat
says: this is the plain mean of the maps
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, model.get_layer(layer_name).output)
    heat = np.maximum(np.asarray(inside(image[np.newaxis])[0]).mean(axis=-1), 0)
    return heat / heat.max() if heat.max() > 0 else heat
