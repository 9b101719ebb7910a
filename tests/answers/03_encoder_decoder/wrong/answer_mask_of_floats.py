"""The labels are stored as decimal numbers.

names: contract-dtype
severity: minor
"""

# %% 03-predict-mask
def predict_mask(model, image):
    return np.argmax(model.predict(image[None], verbose=0)[0], axis=-1).astype("float32")
