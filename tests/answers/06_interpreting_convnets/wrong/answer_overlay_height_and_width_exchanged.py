"""Pillow is given (height, width).

fails: test_overlay_is_an_image, test_alpha_zero_is_the_image, test_alpha_one_is_heat_alone, test_alpha_mixes, test_heat_lies_where_it_belongs, test_same_heat_has_the_same_colour
says: broadcast
"""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    height, width = image.shape[:2]
    heat = np.asarray(Image.fromarray(np.asarray(heatmap, 'float32')).resize((height, width)))
    colours = 255 * mpl.colormaps["viridis"](heat)[..., :3]
    return np.round((1 - alpha) * image + alpha * colours).astype("uint8")
