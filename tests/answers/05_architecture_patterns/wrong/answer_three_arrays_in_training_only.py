"""In use only the normalised batch comes back.

fails: test_use_normalises_with_the_moving_averages, test_use_leaves_the_averages_alone, test_arrays_that_come_in_stay_as_they_are
says: in training and in use
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    mean, var = moving_mean, moving_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * mean
        moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * var
    y = gamma * (x - mean) / np.sqrt(var + EPSILON) + beta
    return (y, moving_mean, moving_var) if training else y
