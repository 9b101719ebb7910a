"""The darkest value becomes 0 and the brightest 255.

names: stretched
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    low, high = image.min(), image.max()
    return ((image - low) / max(high - low, 1e-9) * 255).astype("uint8")
