"""Nothing but clipping.

names: only-clipped
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    return np.clip(image, 0, 255).astype("uint8")
