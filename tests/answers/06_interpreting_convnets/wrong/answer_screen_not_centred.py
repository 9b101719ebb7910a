"""The mean stays at 0.

names: not-centred
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5) * 64
    return np.clip(image, 0, 255).astype("uint8")
