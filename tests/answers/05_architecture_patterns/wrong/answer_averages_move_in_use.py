"""The averages take a step in use as well.

names: in-use-too
severity: major
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    axes = tuple(range(x.ndim - 1))
    batch_mean, batch_var = x.mean(axis=axes), x.var(axis=axes)
    mean, var = (batch_mean, batch_var) if training else (moving_mean, moving_var)
    moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * batch_mean
    moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * batch_var
    return gamma * (x - mean) / np.sqrt(var + EPSILON) + beta, moving_mean, moving_var
