"""The largest number is looked for along the width.

fails: test_mask_has_the_shape_of_the_image, test_mask_holds_the_most_probable_class
says: the mask has the wrong shape
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis], verbose=0)[0], axis=1)
