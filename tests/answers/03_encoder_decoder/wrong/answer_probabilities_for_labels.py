"""The probabilities are returned, without a choice.

fails: test_mask_has_the_shape_of_the_image, test_mask_holds_whole_numbers, test_mask_holds_the_most_probable_class
says: these are the probabilities
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return model.predict(image[np.newaxis], verbose=0)[0]
