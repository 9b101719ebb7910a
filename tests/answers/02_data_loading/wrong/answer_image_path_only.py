"""The path must be a Path, not a str.

names: nothing
severity: minor
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    with path.open("rb") as file:
        image = Image.open(file).convert("RGB").resize(img_size[::-1])
    return np.array(image).astype("float32")
