"""Pillow is given (height, width).

names: sides-exchanged
severity: major
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((height, width)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
