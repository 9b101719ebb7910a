"""The largest number is looked for along the width.

names: along-width
severity: fatal
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[np.newaxis], verbose=0)[0], axis=1)
