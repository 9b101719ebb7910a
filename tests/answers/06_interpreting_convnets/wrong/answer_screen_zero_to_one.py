"""Values from 0 to 1, for Matplotlib.

names: zero-to-one
severity: fatal
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 0.25 + 0.5, 0, 1)
