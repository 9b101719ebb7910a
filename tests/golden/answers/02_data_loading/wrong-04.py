"""arrays_one_too_few, gray_stretched, hidden_files_kept, image_cropped, labels_modulo_three, loss_is_error_rate, prior_of_what_is_there, seed_ignored, split_order_of_scikit_learn."""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs, targets = [], []
    for i in range(len(pairs) - 1):
        inputs.append(path_to_input_image(pairs[i][0], img_size))
        targets.append(path_to_target(pairs[i][1], img_size))
    return np.stack(inputs), np.stack(targets)

# %% 02-target-to-gray
def target_to_gray(target):
    plane = target[..., 0].astype("float32")
    return (plane / max(plane.max(), 1) * 254).astype("uint8")

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    images = sorted(
        os.path.join(images_dir, name) for name in os.listdir(images_dir) if name.endswith(".jpg")
    )
    trimaps = sorted(
        os.path.join(trimaps_dir, name)
        for name in os.listdir(trimaps_dir)
        if name.endswith(".png")
    )
    return list(zip(images, trimaps))

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    image = Image.open(path).convert("RGB").crop((0, 0, width, height))
    return np.array(image).astype("float32")

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = img_to_array(load_img(path, target_size=img_size, color_mode="grayscale"))
    return mask.astype("uint8") % 3

# %% 02-prior-loss
def prior_loss(fractions):
    return 1 - max(fractions)

# %% 02-class-prior
def class_prior(targets):
    _, counts = np.unique(targets, return_counts=True)
    return counts / counts.sum()

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    shuffled = pairs.copy()
    random.Random(1337).shuffle(shuffled)
    return shuffled

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    cut = len(inputs) - num_val
    return inputs[:cut], inputs[cut:], targets[:cut], targets[cut:]
