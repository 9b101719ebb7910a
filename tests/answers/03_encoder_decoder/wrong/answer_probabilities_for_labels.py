"""The probabilities are returned, without a choice.

names: probabilities-alone
severity: fatal
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return model.predict(image[np.newaxis], verbose=0)[0]
