"""tf_io."""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    import tensorflow as tf

    image = tf.io.decode_image(tf.io.read_file(str(path)), channels=3, expand_animations=False)
    return tf.image.resize(image, img_size).numpy()

# %% 02-path-to-target
def path_to_target(path, img_size):
    import tensorflow as tf

    mask = tf.io.decode_png(tf.io.read_file(str(path)), channels=1)
    return tf.image.resize(mask, img_size, method="nearest").numpy() - 1
