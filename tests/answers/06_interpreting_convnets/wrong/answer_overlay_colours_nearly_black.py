"""The colours of Matplotlib are left between 0 and 1.

fails: test_alpha_one_is_heat_alone, test_heat_lies_where_it_belongs, test_same_heat_has_the_same_colour
says: nearly black
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((width, height)))
    colours = mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
