"""Everything in float32, with keepdims, and copies of the averages."""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    x = np.array(x, dtype=np.float32)
    moving_mean, moving_var = moving_mean.copy(), moving_var.copy()
    if not training:
        scale = 1 / np.sqrt(moving_var + EPSILON)
        return (x - moving_mean) * scale * gamma + beta, moving_mean, moving_var
    axes = tuple(i for i in range(x.ndim) if i != x.ndim - 1)
    mean = np.mean(x, axis=axes, keepdims=True)
    var = np.mean(np.square(x - mean), axis=axes, keepdims=True)
    y = (x - mean) / np.sqrt(var + np.float32(EPSILON)) * gamma + beta
    moving_mean = np.average([moving_mean, mean.ravel()], axis=0, weights=[MOMENTUM, 1 - MOMENTUM])
    moving_var = np.average([moving_var, var.ravel()], axis=0, weights=[MOMENTUM, 1 - MOMENTUM])
    return y, moving_mean, moving_var
