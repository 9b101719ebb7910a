"""The labels are multiplied by 127, as for display.

names: grey-values
severity: fatal
"""

# %% 03-predict-mask
def predict_mask(model, image):
    probabilities = model.predict(np.expand_dims(image, 0), verbose=0)[0]
    mask = np.argmax(probabilities, axis=-1)
    mask *= 127
    return mask
