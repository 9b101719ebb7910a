"""arrays_targets_float, gray_with_channel, image_float64, loss_negative, mask_bilinear, own_folders, prior_sorted, shuffled_in_place, split_targets_elsewhere."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = np.zeros((len(pairs),) + img_size + (3,), dtype="float32")
    targets = np.zeros((len(pairs),) + img_size + (1,))
    for i, (image_path, trimap_path) in enumerate(pairs):
        inputs[i] = path_to_input_image(image_path, img_size)
        targets[i] = path_to_target(trimap_path, img_size)
    return inputs, targets

# %% 02-target-to-gray
def target_to_gray(target):
    return target * 127

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return np.array(load_img(path, target_size=img_size)).astype(float)

# %% 02-prior-loss
def prior_loss(fractions):
    return sum(part * np.log(part) for part in fractions if part > 0)

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = load_img(path, target_size=img_size, color_mode="grayscale", interpolation="bilinear")
    return img_to_array(mask).astype("uint8") - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    images = sorted(data.images_dir.glob("*.jpg"))
    pairs = [(path, data.trimaps_dir / (path.stem + ".png")) for path in images]
    return [pair for pair in pairs if pair[1].exists()]

# %% 02-class-prior
def class_prior(targets):
    fractions = np.bincount(targets.ravel(), minlength=3) / targets.size
    return np.sort(fractions)[::-1]

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    random.Random(seed).shuffle(pairs)
    return pairs

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], targets[num_val:], inputs[cut:], targets[:num_val]
