"""The image of the caller is changed.

names: contract-arguments
severity: minor
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image -= image.mean()
    image /= image.std() + 1e-5
    image *= 64
    image += 128
    return np.clip(image, 0, 255).astype("uint8")
