"""Only the normalised batch comes back.

fails: test_channels_are_normalised_over_batch_and_places, test_epsilon_is_under_the_root, test_gamma_scales_and_beta_shifts, test_use_normalises_with_the_moving_averages, test_moving_averages_take_a_small_step, test_use_leaves_the_averages_alone, test_any_number_of_axes, test_arrays_that_come_in_stay_as_they_are
says: should return three arrays
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
    return y
