"""The sum is stretched to 0..255, as in the book's recipe.

names: nothing
severity: fatal
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.asarray(keras.utils.array_to_img(image + alpha * colours))
