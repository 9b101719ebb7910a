"""The batch gets the weight of the momentum.

names: momentum-reversed
severity: major
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    mean, var = moving_mean, moving_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = (1 - MOMENTUM) * moving_mean + MOMENTUM * mean
        moving_var = (1 - MOMENTUM) * moving_var + MOMENTUM * var
    y = gamma * (x - mean) / np.sqrt(var + EPSILON) + beta
    return y, moving_mean, moving_var
