"""Matplotlib's fourth channel is kept.

names: nothing
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
