"""The class is chosen by a one-hot upstream gradient, with a persistent tape."""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    inside = keras.Model(model.input, [model.get_layer(layer_name).output, model.output])
    with tf.GradientTape(persistent=True) as tape:
        maps, scores = inside(tf.constant(image)[tf.newaxis])
    hot = tf.one_hot([class_index], scores.shape[-1])
    gradient = tape.gradient(scores, maps, output_gradients=hot)
    weights = keras.layers.GlobalAveragePooling2D()(gradient)[0]
    heat = np.tensordot(maps[0].numpy(), weights.numpy(), axes=1).clip(min=0)
    return np.divide(heat, heat.max() + 1e-10)
