"""As in the book: one model up to the maps, another from there on."""

# %% 06-grad-cam
def grad_cam(model, image, layer_name, class_index):
    layer = model.get_layer(layer_name)
    to_maps = keras.Model(model.inputs, layer.output)
    later = keras.Input(shape=layer.output.shape[1:])
    x = later
    for after in model.layers[model.layers.index(layer) + 1 :]:
        x = after(x)
    to_scores = keras.Model(later, x)
    with tf.GradientTape() as tape:
        maps = to_maps(np.expand_dims(image, axis=0))
        tape.watch(maps)
        channel = to_scores(maps)[:, class_index]
    pooled = tf.reduce_mean(tape.gradient(channel, maps), axis=(0, 1, 2)).numpy()
    maps = maps.numpy()[0]
    for i in range(pooled.shape[-1]):
        maps[:, :, i] *= pooled[i]
    heatmap = np.maximum(np.mean(maps, axis=-1), 0)
    if heatmap.max() > 0:
        heatmap /= np.max(heatmap)
    return heatmap
