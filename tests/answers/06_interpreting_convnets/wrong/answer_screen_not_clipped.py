"""What lies outside 0..255 wraps around.

names: not-clipped
severity: major
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5) * 64 + 128
    return image.astype("int64").astype("uint8")
