"""image_size_swapped, mask_in_colour, sorted_by_number."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    image = Image.open(path).convert("RGB").resize(img_size)
    return np.asarray(image, dtype="float32")

# %% 02-path-to-target
def path_to_target(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)).astype("uint8") - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    def natural(path):
        breed, number = path.stem.rsplit("_", 1)
        return breed, int(number)

    images = sorted(Path(images_dir).glob("*.jpg"), key=natural)
    pairs = [(path, Path(trimaps_dir) / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]
