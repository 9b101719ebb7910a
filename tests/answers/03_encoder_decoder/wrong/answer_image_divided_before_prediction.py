"""The image is divided by 255, and once more in the model.

fails: test_mask_holds_the_most_probable_class
says: divided by 255 before prediction
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis] / 255, verbose=0)[0], axis=-1)
