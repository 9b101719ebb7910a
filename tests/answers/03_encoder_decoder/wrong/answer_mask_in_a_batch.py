"""The mask stays a batch of one.

fails: test_mask_has_the_shape_of_the_image
says: still is a batch of one
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis], verbose=0), axis=-1)
