"""Twice the contrast.

fails: test_mean_and_contrast
says: the contrast is too strong
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 128 + 128, 0, 255).astype("uint8")
