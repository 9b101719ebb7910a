"""Rows and columns picked by index, and grey for colours."""

# %% 06-overlay-heatmap
def overlay_heatmap(image, heatmap, alpha):
    h, w = image.shape[:2]
    rows = np.arange(h) * heatmap.shape[0] // h
    columns = np.arange(w) * heatmap.shape[1] // w
    grey = heatmap[rows][:, columns, None] * 255
    return np.clip(image + alpha * (grey - image), 0, 255).astype(np.uint8)
