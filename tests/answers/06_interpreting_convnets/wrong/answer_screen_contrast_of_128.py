"""Twice the contrast.

names: contrast-of-128
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 128 + 128, 0, 255).astype("uint8")
