"""The weights of the dense layer are taken for the gradient: true for one kind of model only.

names: last-weights
severity: major
"""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, model.get_layer(layer_name).output)
    maps = np.asarray(inside(image[np.newaxis]))[0]
    heat = np.maximum(maps @ model.layers[-1].get_weights()[0][:, class_index], 0)
    return heat / heat.max() if heat.max() > 0 else heat
