"""arrays_scaled, gray_times_128, image_divided_by_255, labels_subtracted_twice, loss_nan, mask_first, prior_per_mask, shuffle_returned, split_overlap."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = [path_to_input_image(image_path, img_size) / 255 for image_path, _ in pairs]
    targets = [path_to_target(trimap_path, img_size) for _, trimap_path in pairs]
    return np.stack(inputs), np.stack(targets)

# %% 02-target-to-gray
def target_to_gray(target):
    return target[..., 0] * np.uint8(128)

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)) / 255.0

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale")) - 1
    return mask.astype("uint8") - 1

# %% 02-prior-loss
def prior_loss(fractions):
    fractions = np.array(fractions)
    return float(-np.sum(fractions * np.log(fractions)))

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(Path(images_dir).glob("*.jpg"))
    pairs = [(Path(trimaps_dir) / (path.stem + ".png"), path) for path in images]
    return [pair for pair in pairs if pair[0].exists()]

# %% 02-class-prior
def class_prior(targets):
    return [float(np.sum(targets == label)) / targets[0].size for label in range(3)]

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).shuffle(pairs)

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs, targets, inputs[cut:], targets[cut:]
