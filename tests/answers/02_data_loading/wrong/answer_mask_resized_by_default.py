"""TensorFlow's resize is bilinear by default.

names: between
severity: major
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    import tensorflow as tf

    mask = tf.io.decode_png(tf.io.read_file(str(path)), channels=1)
    return tf.image.resize(mask, img_size).numpy().astype("uint8") - 1
