"""A corner is cut out in place of resizing.

names: corner
severity: major
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    image = Image.open(path).convert("RGB").crop((0, 0, width, height))
    return np.array(image).astype("float32")
