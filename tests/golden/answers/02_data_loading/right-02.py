"""pillow_only, split_by_index, text_paths, two_lists_same_seed, whole_dataset_pipeline."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    height, width = img_size
    with Image.open(path) as image:
        image = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.float32)

# %% 02-path-to-target
def path_to_target(path, img_size):
    height, width = img_size
    with Image.open(path) as image:
        image = image.resize((width, height), Image.Resampling.NEAREST)
    return np.expand_dims(np.asarray(image, dtype=np.uint8) - np.uint8(1), -1)

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    train_inputs, val_inputs = np.split(inputs, [inputs.shape[0] - num_val])
    train_targets, val_targets = np.split(targets, [targets.shape[0] - num_val])
    return [train_inputs, train_targets, val_inputs, val_targets]

# %% 02-class-prior
def class_prior(targets):
    return tuple((targets == label).mean() for label in (0, 1, 2))

# %% 02-prior-loss
def prior_loss(fractions):
    fractions = np.asarray(fractions)
    safe = np.where(fractions > 0, fractions, 1.0)
    return -(fractions * np.log(safe)).sum()

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    def names(folder, ending):
        return {
            os.path.splitext(file)[0]
            for file in os.listdir(folder)
            if file.endswith(ending) and not file.startswith(".")
        }

    both = names(images_dir, ".jpg") & names(trimaps_dir, ".png")
    return [
        (os.path.join(images_dir, name + ".jpg"), os.path.join(trimaps_dir, name + ".png"))
        for name in sorted(both)
    ]

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    images, trimaps = map(list, zip(*pairs))
    random.Random(seed).shuffle(images)
    random.Random(seed).shuffle(trimaps)
    return list(zip(images, trimaps))

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    import tensorflow as tf

    def read(image_path, trimap_path):
        image = tf.io.decode_image(
            tf.io.read_file(image_path), channels=3, expand_animations=False
        )
        mask = tf.io.decode_png(tf.io.read_file(trimap_path), channels=1)
        image.set_shape((None, None, 3))
        image = tf.image.resize(image, img_size, method="nearest")
        mask = tf.image.resize(mask, img_size, method="nearest") - 1
        return tf.cast(image, tf.float32), mask

    images = [str(image_path) for image_path, _ in pairs]
    trimaps = [str(trimap_path) for _, trimap_path in pairs]
    rows = list(tf.data.Dataset.from_tensor_slices((images, trimaps)).map(read))
    return np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows])
