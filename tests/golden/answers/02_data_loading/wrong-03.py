"""arrays_one_row_repeated, every_file_listed, gray_of_old_labels, image_centred, labels_from_one, loss_divided_by_three, one_generator_for_two_lists, prior_of_one_mask, split_one_row_lost."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = np.zeros((len(pairs),) + img_size + (3,), dtype="float32")
    targets = np.zeros((len(pairs),) + img_size + (1,), dtype="uint8")
    for image_path, trimap_path in pairs:
        inputs[:] = path_to_input_image(image_path, img_size)
        targets[:] = path_to_target(trimap_path, img_size)
    return inputs, targets

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    pairs = []
    for image_path in sorted(Path(images_dir).iterdir()):
        trimap_path = Path(trimaps_dir) / (image_path.stem + ".png")
        if trimap_path.exists():
            pairs.append((image_path, trimap_path))
    return pairs

# %% 02-target-to-gray
def target_to_gray(target):
    return (target[..., 0] - np.uint8(1)) * np.uint8(127)

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)) / 127.5 - 1

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return mask.astype("uint8")

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.mean([part * np.log(part) if part > 0 else 0.0 for part in fractions]))

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    images = [pair[0] for pair in pairs]
    trimaps = [pair[1] for pair in pairs]
    generator = random.Random(seed)
    generator.shuffle(images)
    generator.shuffle(trimaps)
    return list(zip(images, trimaps))

# %% 02-class-prior
def class_prior(targets):
    return np.bincount(targets[0].ravel(), minlength=3) / targets[0].size

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[: cut - 1], targets[: cut - 1], inputs[cut:], targets[cut:]
