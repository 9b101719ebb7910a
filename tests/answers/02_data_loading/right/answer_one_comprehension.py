"""One list comprehension over the masks; pathlib throughout."""

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
