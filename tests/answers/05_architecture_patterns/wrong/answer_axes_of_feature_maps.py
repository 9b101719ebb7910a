"""The axes are those of feature maps, whatever comes in.

names: axes-of-feature-maps
severity: major
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    mean, var = moving_mean, moving_var
    if training:
        axes = (0, 1, 2)
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * mean
        moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * var
    y = gamma * (x - mean) / np.sqrt(var + EPSILON) + beta
    return y, moving_mean, moving_var
