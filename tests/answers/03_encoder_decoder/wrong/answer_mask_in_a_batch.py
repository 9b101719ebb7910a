"""The mask stays a batch of one.

names: contract-shape
severity: minor
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis], verbose=0), axis=-1)
