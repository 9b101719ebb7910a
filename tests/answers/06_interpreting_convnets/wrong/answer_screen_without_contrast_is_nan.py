"""A flat image is divided by zero.

names: flat-is-black
severity: minor
"""

# %% 06-deprocess-image
def deprocess_image(image):
    with np.errstate(invalid="ignore"):
        image = (image - image.mean()) / image.std() * 64 + 128
        return np.clip(image, 0, 255).astype("uint8")
