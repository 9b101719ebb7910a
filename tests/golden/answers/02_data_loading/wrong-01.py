"""arrays_both_sorted, background_is_zero, bare_names, drawn_with_repeats, gray_as_integers, image_aspect_kept, loss_base_10, prior_counts, split_first_rows."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    pairs = sorted(pairs)
    inputs = [path_to_input_image(image_path, img_size) for image_path, _ in pairs]
    targets = [path_to_target(trimap_path, img_size) for _, trimap_path in pairs]
    return np.stack(inputs), np.stack(targets)

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return np.array([0, 1, 0, 2], dtype="uint8")[mask.astype(int)]

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    masks = set(os.listdir(trimaps_dir))
    names = sorted(name for name in os.listdir(images_dir) if name.endswith(".jpg"))
    pairs = [(name, name[:-4] + ".png") for name in names]
    return [pair for pair in pairs if pair[1] in masks]

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).choices(pairs, k=len(pairs))

# %% 02-target-to-gray
def target_to_gray(target):
    return target[..., 0].astype(int) * 127

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size, keep_aspect_ratio=True))

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log10(part) for part in fractions if part > 0)

# %% 02-class-prior
def class_prior(targets):
    return np.bincount(targets.ravel(), minlength=3)

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    return inputs[num_val:], targets[num_val:], inputs[:num_val], targets[:num_val]
