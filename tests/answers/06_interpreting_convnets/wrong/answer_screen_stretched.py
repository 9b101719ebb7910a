"""The darkest value becomes 0 and the brightest 255.

fails: test_mean_and_contrast, test_image_without_contrast_is_grey
says: a single extreme pixel then decides
"""

# %% 06-deprocess-image
def deprocess_image(image):
    low, high = image.min(), image.max()
    return ((image - low) / max(high - low, 1e-9) * 255).astype("uint8")
