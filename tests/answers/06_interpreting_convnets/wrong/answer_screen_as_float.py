"""The numbers are right and not bytes.

fails: test_screens_want_bytes
says: wrong dtype
"""

# %% 06-deprocess-image
def deprocess_image(image):
    image = (image - image.mean()) / (image.std() + 1e-5)
    return np.clip(image * 64 + 128, 0, 255)
