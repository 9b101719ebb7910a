"""The numbers are right and not bytes.

names: contract-type
severity: minor
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 64 + 128, 0, 255)
