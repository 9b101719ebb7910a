"""arrays_float64, contour_joins_background, ending_anywhere, gray_in_place, image_blue_first, loss_base_2, numpy_order, prior_of_old_labels, split_minus_zero."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs = np.zeros((len(pairs),) + img_size + (3,))
    targets = np.zeros((len(pairs),) + img_size + (1,), dtype="uint8")
    for i, (image_path, trimap_path) in enumerate(pairs):
        inputs[i] = path_to_input_image(image_path, img_size)
        targets[i] = path_to_target(trimap_path, img_size)
    return inputs, targets

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return (mask != 1).astype("uint8")

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    pairs = []
    for image_path in sorted(Path(images_dir).iterdir()):
        if ".jpg" in image_path.name:
            trimap_path = Path(trimaps_dir) / (image_path.name.split(".")[0] + ".png")
            if trimap_path.exists():
                pairs.append((image_path, trimap_path))
    return pairs

# %% 02-target-to-gray
def target_to_gray(target):
    target *= 127
    return target[..., 0]

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size))[..., ::-1]

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log2(part) for part in fractions if part > 0)

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    order = np.random.default_rng(seed).permutation(len(pairs))
    return [pairs[i] for i in order]

# %% 02-class-prior
def class_prior(targets):
    return [float(np.mean(targets == label)) for label in (1, 2, 3)]

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    return inputs[:-num_val], targets[:-num_val], inputs[-num_val:], targets[-num_val:]
