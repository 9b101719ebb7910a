"""The heatmap is repeated like tiles, not enlarged.

names: nothing
severity: major
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.tile(heatmap, (height // len(heatmap) + 1, width // len(heatmap[0]) + 1))[:height, :width]
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
