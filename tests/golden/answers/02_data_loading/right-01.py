"""global_generator, indices_by_hand, one_comprehension, one_hot_and_fsum."""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    random.seed(seed)
    places = list(range(len(pairs)))
    random.shuffle(places)
    return [pairs[place] for place in places]

# %% 02-path-to-target
def path_to_target(path, img_size):
    labels = np.asarray(Image.open(path))
    rows = np.arange(img_size[0]) * labels.shape[0] // img_size[0]
    columns = np.arange(img_size[1]) * labels.shape[1] // img_size[1]
    table = np.array([255, 0, 1, 2], dtype=np.uint8)
    return table[labels[rows][:, columns]][..., None]

# %% 02-target-to-gray
def target_to_gray(target):
    return np.array([0, 127, 254], dtype="uint8")[np.squeeze(target, axis=-1)]

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    return [
        (image, trimap)
        for trimap in sorted(Path(trimaps_dir).glob("[!.]*.png"))
        if (image := Path(images_dir, trimap.name).with_suffix(".jpg")).is_file()
    ]

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs, targets = zip(
        *((path_to_input_image(i, img_size), path_to_target(t, img_size)) for i, t in pairs)
    )
    return np.array(inputs), np.array(targets)

# %% 02-class-prior
def class_prior(targets):
    one_hot = np.eye(3)[targets[..., 0]]
    return one_hot.mean(axis=(0, 1, 2))

# %% 02-prior-loss
def prior_loss(fractions):
    import math

    return math.fsum(-part * math.log(part + 1e-12) for part in fractions)
