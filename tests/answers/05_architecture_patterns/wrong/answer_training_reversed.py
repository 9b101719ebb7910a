"""The two behaviours are swapped.

fails: test_channels_are_normalised_over_batch_and_places, test_use_normalises_with_the_moving_averages, test_moving_averages_take_a_small_step, test_use_leaves_the_averages_alone
says: in training the moving averages normalise
"""

# %% 05-batch-norm
def batch_norm(x, gamma, beta, moving_mean, moving_var, training):
    mean, var = moving_mean, moving_var
    if not training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * mean
        moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * var
    y = gamma * (x - mean) / np.sqrt(var + EPSILON) + beta
    return y, moving_mean, moving_var
