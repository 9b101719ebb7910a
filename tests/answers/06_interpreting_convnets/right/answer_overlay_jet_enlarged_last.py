"""The colours of jet, enlarged as a picture, blended by Pillow."""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    jet = mpl.colormaps["jet"](np.uint8(255 * np.asarray(heatmap)))[..., :3]
    small = Image.fromarray(np.uint8(255 * jet))
    large = small.resize((image.shape[1], image.shape[0]), Image.NEAREST)
    return np.array(Image.blend(Image.fromarray(np.uint8(image)), large, alpha))
