"""The border is cut off, as in the book.

names: nothing
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5) * 64 + 128
    return np.clip(image, 0, 255).astype("uint8")[5:-5, 5:-5, :]
