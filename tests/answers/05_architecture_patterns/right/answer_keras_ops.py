"""Moments and normalisation by `keras.ops`, and a loop over the channels for the averages."""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    x = np.asarray(x, dtype="float64")
    if training:
        flat = x.reshape(-1, x.shape[-1])
        mean = np.array([np.sum(flat[:, c]) / len(flat) for c in range(flat.shape[1])])
        var = np.array([np.sum((flat[:, c] - mean[c]) ** 2) / len(flat) for c in range(len(mean))])
        new_mean = moving_mean + (mean - moving_mean) * (1 - MOMENTUM)
        new_var = moving_var + (var - moving_var) * (1 - MOMENTUM)
    else:
        mean, var, new_mean, new_var = moving_mean, moving_var, moving_mean, moving_var
    return [gamma / (var + EPSILON) ** 0.5 * x + (beta - gamma * mean / (var + EPSILON) ** 0.5), new_mean, new_var]
