"""mask_resized_by_default, two_sorted_lists."""

# %% 02-path-to-target
def path_to_target(path, img_size):
    import tensorflow as tf

    mask = tf.io.decode_png(tf.io.read_file(str(path)), channels=1)
    return tf.image.resize(mask, img_size).numpy().astype("uint8") - 1

# %% 02-list-pairs
def list_pairs(images_dir, trimaps_dir):
    import os

    images = sorted(
        os.path.join(images_dir, name) for name in os.listdir(images_dir) if name.endswith(".jpg")
    )
    trimaps = sorted(
        os.path.join(trimaps_dir, name)
        for name in os.listdir(trimaps_dir)
        if name.endswith(".png") and not name.startswith(".")
    )
    return list(zip(images, trimaps))
