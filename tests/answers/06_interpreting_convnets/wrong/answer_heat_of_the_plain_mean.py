"""The maps are averaged without any gradient.

names: plain-mean
severity: fatal
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, model.get_layer(layer_name).output)
    heat = np.maximum(np.asarray(inside(image[np.newaxis])[0]).mean(axis=-1), 0)
    return heat / heat.max() if heat.max() > 0 else heat
