"""The heatmap is drawn from below.

names: upside-down
severity: major
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heatmap = np.flipud(heatmap)
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
