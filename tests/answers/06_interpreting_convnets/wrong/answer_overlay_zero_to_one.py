"""Values from 0 to 1, for Matplotlib.

names: zero-to-one
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return ((1 - alpha) * image + alpha * colours) / 255
