"""The root is missing.

names: divided-by-variance
severity: fatal
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    mean, var = moving_mean, moving_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * mean
        moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * var
    y = gamma * (x - mean) / (var + EPSILON) + beta
    return y, moving_mean, moving_var
