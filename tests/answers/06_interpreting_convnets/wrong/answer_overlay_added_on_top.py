"""The colours are added to the whole image.

names: added-on-top
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.clip(image + alpha * colours, 0, 255).astype("uint8")
