"""Cold places show the image even at alpha 1.

names: only-where-hot
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height), Image.BILINEAR))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round(image + alpha * heat[..., None] * (colours - image)).astype("uint8")
