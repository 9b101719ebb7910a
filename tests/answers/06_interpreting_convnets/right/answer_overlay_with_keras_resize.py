"""Enlarged by Keras with a cubic curve, then kept within 0 and 1."""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    heat = keras.ops.image.resize(
        np.asarray(heatmap, "float32")[..., None], image.shape[:2], interpolation="bicubic"
    )
    heat = np.clip(np.asarray(heat)[..., 0], 0, 1)
    colours = mpl.colormaps["magma"](heat, bytes=True)[..., :3].astype(float)
    mixed = alpha * colours + (1.0 - alpha) * np.asarray(image, float)
    return np.rint(mixed).astype("uint8")
