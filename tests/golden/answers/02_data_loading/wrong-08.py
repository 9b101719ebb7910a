"""image_path_only, loss_unweighted, mask_float, path_only."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    with path.open("rb") as file:
        image = Image.open(file).convert("RGB").resize(img_size[::-1])
    return np.array(image).astype("float32")

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.mean([np.log(part) for part in fractions if part > 0]))

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size, color_mode="grayscale")) - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(images_dir.glob("*.jpg"))
    pairs = [(path, trimaps_dir / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
