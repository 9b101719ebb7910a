"""mask_size_swapped, unsorted_listing."""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = Image.open(path).resize(img_size, Image.Resampling.NEAREST)
    return np.array(mask)[..., np.newaxis] - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    # Sorting by the reversed name stands for a disk that lists its files in an order of its own.
    pairs = []
    for image_path in sorted(Path(images_dir).glob("*.jpg"), key=lambda path: path.name[::-1]):
        trimap_path = Path(trimaps_dir) / (image_path.stem + ".png")
        if trimap_path.exists():
            pairs.append((image_path, trimap_path))
    return pairs
