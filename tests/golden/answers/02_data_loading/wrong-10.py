"""image_uint8, mask_path_only, sorted_without_case."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return np.array(load_img(path, target_size=img_size))

# %% 02-path-to-target
def path_to_target(path, img_size):
    with path.open("rb") as file:
        mask = Image.open(file).resize(img_size[::-1], Image.Resampling.NEAREST)
    return np.array(mask)[..., np.newaxis] - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"), key=lambda path: path.name.lower())
    pairs = [(path, Path(trimaps_dir) / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
