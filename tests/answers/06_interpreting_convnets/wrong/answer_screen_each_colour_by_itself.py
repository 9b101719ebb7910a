"""Each colour gets the same mean and contrast.

names: each-colour
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    mean, std = image.mean(axis=(0, 1)), image.std(axis=(0, 1))
    return np.clip((image - mean) / (std + 1e-5) * 64 + 128, 0, 255).astype("uint8")
