"""The image is divided by 255, and once more in the model.

names: divided
severity: fatal
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis] / 255, verbose=0)[0], axis=-1)
