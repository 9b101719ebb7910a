"""The colours of Matplotlib are left between 0 and 1.

names: colours-dark
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
