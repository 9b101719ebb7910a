"""Standard deviation 0.1 and mean 0.5 of the range, as in an older recipe.

names: older-recipe
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    x = (image - image.mean()) / (image.std() + 1e-5) * 0.1 + 0.5
    return (np.clip(x, 0, 1) * 255).astype("uint8")
