"""arrays_targets_sorted, image_mode_kept, loss_of_the_largest, mask_cropped, pairs_as_lists, split_validation_first, unseeded."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = [path_to_input_image(image_path, img_size) for image_path, _ in pairs]
    trimaps = sorted(trimap_path for _, trimap_path in pairs)
    targets = [path_to_target(trimap_path, img_size) for trimap_path in trimaps]
    return np.stack(inputs), np.stack(targets)

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    return np.array(Image.open(path).resize((width, height))).astype("float32")

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.log(max(fractions)))

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = load_img(path, target_size=img_size, color_mode="grayscale", keep_aspect_ratio=True)
    return img_to_array(mask).astype("uint8") - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"))
    pairs = [[path, Path(trimaps_dir) / (path.stem + ".png")] for path in images]
    return [pair for pair in pairs if pair[1].exists()]

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[cut:], targets[cut:], inputs[:cut], targets[:cut]

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    return shuffled
