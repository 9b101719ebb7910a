"""The book's lines on a copy, cut instead of rounded."""

# %% 06-deprocess-image
def deprocess_image(image):
    image = image.copy()
    image -= image.mean()
    image /= image.std() + 1e-7
    image *= 64
    image += 128
    return np.clip(image, 0, 255).astype("uint8")
