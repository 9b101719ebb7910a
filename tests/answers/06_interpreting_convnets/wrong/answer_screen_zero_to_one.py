"""Values from 0 to 1, for Matplotlib.

fails: test_mean_and_contrast, test_extremes_are_clipped, test_image_without_contrast_is_grey, test_screens_want_bytes
says: a screen wants 0 to 255
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 0.25 + 0.5, 0, 1)
