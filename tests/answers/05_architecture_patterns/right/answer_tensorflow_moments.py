"""TensorFlow computes the moments and the normalisation, and tensors come back."""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    x = tf.convert_to_tensor(x, dtype=tf.float64)
    mean, var = tf.constant(moving_mean), tf.constant(moving_var)
    if training:
        mean, var = tf.nn.moments(x, axes=list(range(len(x.shape) - 1)))
        moving_mean = MOMENTUM * tf.constant(moving_mean) + (1 - MOMENTUM) * mean
        moving_var = MOMENTUM * tf.constant(moving_var) + (1 - MOMENTUM) * var
    y = tf.nn.batch_normalization(x, mean, var, beta, gamma, EPSILON)
    return y, moving_mean, moving_var
