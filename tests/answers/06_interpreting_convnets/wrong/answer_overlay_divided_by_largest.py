"""The heatmap is divided by its largest value once more.

names: by-largest
severity: major
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heatmap = heatmap / max(heatmap.max(), 1e-9)
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
