"""A tf.data pipeline loads the arrays in order."""

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
