"""Hidden checks of 05-batch-norm: batch normalisation in training and in use."""

from math import fsum

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, close, inputs, switches

EPSILON, MOMENTUM = 1e-3, 0.99  # as in the notebook


def judge(x, gamma, beta, moving_mean, moving_var, training):
    """Go through the channels one by one, with sums in full precision."""
    columns = np.asarray(x, float).reshape(-1, x.shape[-1]).T
    normalised, means, variances = np.empty_like(columns), [], []
    for channel, values in enumerate(columns):
        mean, var = float(moving_mean[channel]), float(moving_var[channel])
        new_mean, new_var = mean, var
        if training:
            mean = fsum(values) / len(values)
            var = fsum((value - mean) ** 2 for value in values) / len(values)
            new_mean += (mean - new_mean) / 100
            new_var += (var - new_var) / 100
        scale = float(gamma[channel]) / (var + EPSILON) ** 0.5
        normalised[channel] = [(value - mean) * scale + float(beta[channel]) for value in values]
        means.append(new_mean)
        variances.append(new_var)
    return normalised.T.reshape(x.shape), np.array(means), np.array(variances)


def moments(x, axes, ddof=0):
    """Return mean and variance over some axes."""
    return x.mean(axis=axes), x.var(axis=axes, ddof=ddof)


def inner_moments(x, axes):
    """Return mean and variance over some axes, which stay as axes of length 1."""
    return x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)


AVERAGED = ("over_everything", "over_the_first_axis", "axes_of_feature_maps", "unbiased")
NORMALISED = (
    "each_position", "each_image", "over_the_channels", "moving_in_training", "after_their_step",
)  # fmt: skip
STEPS = (
    "never_moving", "replaced", "momentum_reversed", "moving_deviation", "unbiased_moving",
    "in_use_too",
)  # fmt: skip
EPSILONS = (
    "epsilon_forgotten", "epsilon_forgotten_in_use", "epsilon_forgotten_in_training",
    "epsilon_outside", "epsilon_outside_in_use", "epsilon_only_for_zero", "epsilon_as_floor",
    "epsilon_1e5", "epsilon_1e7",
)  # fmt: skip
SCALED = (
    "swapped", "gamma_and_beta_unused", "gamma_unused", "beta_unused", "beta_first",
    "unused_in_use", "gamma_unused_in_use", "beta_unused_in_use",
)  # fmt: skip


def own_moments(x, slips):
    """Return what a batch's own mean and variance are taken to be."""
    axes = tuple(range(x.ndim - 1))
    if slips["over_everything"]:
        axes = None
    if slips["over_the_first_axis"]:
        axes = 0
    if slips["axes_of_feature_maps"]:
        axes = (0, 1, 2)
    return moments(x, axes, ddof=1 if slips["unbiased"] else 0)


def stepped(x, own, old, slips):
    """Return the moving averages after a step."""
    (mean, var), (old_mean, old_var) = own, old
    if slips["never_moving"] or slips["replaced"]:
        return own if slips["replaced"] else old
    keep = 1 - MOMENTUM if slips["momentum_reversed"] else MOMENTUM
    if slips["moving_deviation"]:
        var = np.sqrt(var)
    if slips["unbiased_moving"]:
        var = moments(x, tuple(range(x.ndim - 1)), ddof=1)[1]
    return keep * old_mean + (1 - keep) * mean, keep * old_var + (1 - keep) * var


def normalising(x, own, old, moved, slips):
    """Return the mean and the variance that normalise a batch in training."""
    if slips["moving_in_training"] or slips["after_their_step"]:
        return moved if slips["after_their_step"] else old
    if slips["each_position"]:
        return moments(x, 0)
    if slips["each_image"]:
        return inner_moments(x, tuple(range(1, x.ndim - 1)))
    return inner_moments(x, -1) if slips["over_the_channels"] else own


def deviation(var, training, slips):
    """Return what the values are divided by."""
    if slips["divided_by_variance"]:
        return var + EPSILON
    forgotten = slips["epsilon_forgotten_in_training" if training else "epsilon_forgotten_in_use"]
    if slips["epsilon_forgotten"] or forgotten:
        return np.sqrt(var)
    if slips["epsilon_outside"] or (slips["epsilon_outside_in_use"] and not training):
        return np.sqrt(var) + EPSILON
    if slips["epsilon_only_for_zero"]:
        return np.sqrt(np.where(var == 0, EPSILON, var))
    if slips["epsilon_as_floor"]:
        return np.sqrt(np.maximum(var, EPSILON))
    small = 1e-5 if slips["epsilon_1e5"] else 1e-7
    return np.sqrt(var + (small if slips["epsilon_1e5"] or slips["epsilon_1e7"] else EPSILON))


def scaled(y, gamma, beta, training, slips):
    """Scale and shift what was normalised."""
    if slips["swapped"]:
        gamma, beta = beta, gamma
    if slips["beta_first"]:
        return gamma * (y + beta)
    none = slips["gamma_and_beta_unused"] or (slips["unused_in_use"] and not training)
    if none or slips["gamma_unused"] or (slips["gamma_unused_in_use"] and not training):
        gamma = 1
    if none or slips["beta_unused"] or (slips["beta_unused_in_use"] and not training):
        beta = 0
    return gamma * y + beta


def formula(x, gamma, beta, moving_mean, moving_var, training, **on):
    """Normalise whole arrays, with what may go wrong."""
    slips = dict.fromkeys(
        (*AVERAGED, *NORMALISED, *STEPS, *EPSILONS, *SCALED, "divided_by_variance", "mean_kept",
         "batch_in_use", "reversed_modes", "only_y", "only_y_in_use"), False
    ) | on  # fmt: skip
    told = training
    training = not training if slips["reversed_modes"] else training
    old = moving_mean, moving_var
    own = own_moments(x, slips) if training or slips["batch_in_use"] or slips["in_use_too"] else old
    moved = stepped(x, own, old, slips) if training or slips["in_use_too"] else old
    mean, var = own if slips["batch_in_use"] else old
    if training:
        mean, var = normalising(x, own, old, moved, slips)
    with np.errstate(all="ignore"):  # a channel that is constant
        y = (x if slips["mean_kept"] else x - mean) / deviation(var, training, slips)
    y = scaled(y, gamma, beta, training, slips)
    if slips["only_y"] or (slips["only_y_in_use"] and not told):
        return y
    return y, *moved


EPSILON_SMALL = (
    "the number under the root is smaller than EPSILON: use the constant of the first cell"
)

variants = switches(
    formula,
    over_everything=Slip(
        "major", "mean and variance are taken over all channels together: each has its own"
    ),
    over_the_first_axis=Slip(
        "major",
        "mean and variance are taken over the first axis alone: of feature maps, height and width "
        "belong to the average for each channel as well",
    ),
    axes_of_feature_maps=Slip(
        "major",
        "the axes are those of feature maps, whatever comes in: there may be any number of axes, "
        "and the last one holds the channels",
    ),
    unbiased=Slip(
        "major",
        "the variance is divided by n - 1: batch normalisation divides by n, as np.var does",
    ),
    each_position=Slip(
        "major", "each position is normalised by itself: average over height and width as well"
    ),
    each_image=Slip("major", "each image is normalised by itself: average over the batch as well"),
    over_the_channels=Slip(
        "major", "each position is normalised over its channels: that is layer normalisation"
    ),
    moving_in_training=Slip(
        "major",
        "in training the moving averages normalise the batch: it should be its own mean and "
        "variance",
    ),
    after_their_step=Slip(
        "major",
        "the batch is normalised with the moving averages after their step: in training it is "
        "the batch's own mean and variance",
    ),
    batch_in_use=Slip(
        "major",
        "with training=False the batch's own mean and variance are used: a photograph would get "
        "another answer in other company",
    ),
    reversed_modes=Slip(
        "fatal",
        "the two behaviours are exchanged: in training the batch's own mean and variance "
        "normalise, in use the moving ones",
    ),
    never_moving=Slip("major", "the moving averages do not move in training"),
    replaced=Slip(
        "major",
        "the batch's own mean and variance come back as the moving ones: a moving average takes "
        "a step towards them",
    ),
    momentum_reversed=Slip(
        "major", "the momentum is the weight of the old average, not that of the batch"
    ),
    moving_deviation=Slip(
        "major", "the moving variance takes its step towards the standard deviation"
    ),
    unbiased_moving=Slip(
        "major",
        "the moving variance takes its step towards a variance divided by n - 1: it is divided "
        "by n, as np.var does",
    ),
    in_use_too=Slip(
        "major",
        "with training=False the moving averages change: a network in use would go on learning",
    ),
    divided_by_variance=Slip(
        "fatal", "the values are divided by the variance: divide by its square root"
    ),
    mean_kept=Slip("fatal", "the mean is not subtracted"),
    epsilon_forgotten=Slip(
        "major", "the epsilon is forgotten: it is added to the variance, under the root"
    ),
    epsilon_forgotten_in_use=Slip(
        "major",
        "with training=False the epsilon is forgotten: it is added to the moving variance, under "
        "the root, as in training",
    ),
    epsilon_forgotten_in_training=Slip(
        "major",
        "with training=True the epsilon is forgotten: it is added to the variance, under the root",
    ),
    epsilon_outside=Slip(
        "major",
        "the epsilon is added to the root of the variance: it belongs under the root",
    ),
    epsilon_outside_in_use=Slip(
        "major",
        "with training=False the epsilon is added to the root of the variance: it belongs under "
        "the root",
    ),
    epsilon_only_for_zero=Slip(
        "major",
        "the epsilon has an effect only where the variance is zero: it is always added to it",
    ),
    epsilon_as_floor=Slip(
        "major",
        "the epsilon is a smallest variance here: it is always added to the variance",
    ),
    epsilon_1e5=Slip("major", EPSILON_SMALL, family="epsilon-small"),
    epsilon_1e7=Slip("major", EPSILON_SMALL, family="epsilon-small"),
    swapped=Slip("fatal", "gamma and beta are swapped: gamma scales, beta shifts"),
    gamma_and_beta_unused=Slip("fatal", "gamma and beta have no effect"),
    gamma_unused=Slip("fatal", "gamma has no effect: it scales what was normalised"),
    beta_unused=Slip("fatal", "beta has no effect: it is added at the end"),
    beta_first=Slip("fatal", "beta is added before gamma scales: first the scale, then the offset"),
    unused_in_use=Slip(
        "major", "with training=False gamma and beta have no effect: they belong to both behaviours"
    ),
    gamma_unused_in_use=Slip(
        "major", "with training=False gamma has no effect: it belongs to both behaviours"
    ),
    beta_unused_in_use=Slip(
        "major", "with training=False beta has no effect: it belongs to both behaviours"
    ),
    only_y=Slip(
        "fatal",
        "batch_norm should return three arrays: the normalised batch, the moving mean and the "
        "moving variance",
    ),
    only_y_in_use=Slip(
        "major",
        "batch_norm should return three arrays in use as well: the moving averages come back as "
        "they were",
    ),
)


def batch(rng, lengths, channels, training, spread=(100, 300), centre=300):
    """Draw a batch whose channels differ, gamma, beta and the moving averages.

    With the usual spreads the epsilon changes nothing that could be seen.
    """
    means = centre * rng.permutation(np.linspace(-1, 1, channels)) + rng.uniform(0, 0.3, channels)
    low, high = spread
    spreads = rng.permutation(np.geomspace(low, high, channels)) * rng.uniform(0.9, 1.1, channels)
    noise = rng.normal(size=(*lengths, channels))
    axes = tuple(range(len(lengths)))
    if noise[..., 0].size > 1:
        noise = (noise - noise.mean(axis=axes)) / noise.std(axis=axes)
    gamma = rng.choice([-1, 1], channels) * rng.uniform(1.5, 3, channels)
    beta = rng.choice([-1, 1], channels) * rng.uniform(3.5, 6, channels)
    moving_mean = means + spreads * rng.choice([-1, 1], channels) * rng.uniform(1, 2, channels)
    moving_var = (spreads * rng.uniform(1.3, 2, channels)) ** 2
    return means + spreads * noise, gamma, beta, moving_mean, moving_var, training


def vectors(rng, number, channels, training, **more):
    """Draw a batch of vectors."""
    return batch(rng, (number,), channels, training, **more)


def maps(rng, number, height, width, channels, training, **more):
    """Draw a batch of feature maps."""
    return batch(rng, (number, height, width), channels, training, **more)


def small(rng, number, height, width, channels, training):
    """Draw a batch of which each channel hardly varies, and so do the moving variances."""
    return maps(rng, number, height, width, channels, training, spread=(0.01, 0.05), centre=0.8)


def other_rank(rng, lengths, channels, training):
    """Draw a batch of sequences, or of films."""
    return batch(rng, lengths, channels, training)


def constant(rng, number, height, width, channels, training):
    """Draw feature maps of which one channel is the same everywhere, in the moments as well."""
    x, gamma, beta, mean, var, _ = maps(rng, number, height, width, channels, training)
    x[..., 0], var[0] = 3.0, 0.0
    if not training:
        x[..., 0] += rng.normal(size=x.shape[:-1]) / 100
        mean[0] = 3.0
    return x, gamma, beta, mean, var, training


sides = {"height": st.integers(2, 4), "width": st.integers(2, 4), "channels": st.integers(2, 4)}
number, either = st.integers(3, 5), st.booleans()
training, use = st.just(True), st.just(False)

exercise = Exercise(
    "05-batch-norm",
    function="batch_norm",
    judge=judge,
    strata=[
        Stratum(
            "feature maps in training", inputs(maps, number=number, training=training, **sides)
        ),
        Stratum(
            "vectors in training",
            inputs(vectors, number=st.integers(4, 9), channels=st.integers(2, 5),
                   training=training),
        ),
        Stratum("feature maps in use", inputs(maps, number=number, training=use, **sides)),
        Stratum(
            "vectors in use",
            inputs(vectors, number=st.integers(4, 9), channels=st.integers(2, 5), training=use),
        ),
        Stratum(
            "channels that hardly vary, in training",
            inputs(small, number=number, training=training, **sides),
        ),
        Stratum(
            "small moving variances, in use",
            inputs(small, number=number, training=use, **sides),
        ),
        Stratum(
            "a batch of one",
            inputs(maps, number=st.just(1), training=either, **sides),
            row="corners",
        ),
        Stratum(
            "three and five axes",
            inputs(
                other_rank,
                lengths=st.sampled_from([(3, 4), (4, 3), (2, 2, 2, 3), (2, 3, 2, 2)]),
                channels=st.integers(2, 4),
                training=either,
            ),
            row="corners",
        ),
        Stratum(
            "a channel without any variance",
            inputs(constant, number=number, training=either, **sides),
            row="corners",
        ),
        Stratum(
            "a single channel",
            inputs(vectors, number=st.integers(4, 9), channels=st.just(1), training=either),
            row="corners",
            count=4,
        ),
    ],
    variants=variants,
    families={"epsilon-small": EPSILON_SMALL},
    same=close(atol=2e-4, rtol=2e-6),
    contract=Contract(
        result=(tuple, list),
        items=np.ndarray,
        dtype="floating",
        messages={
            "arguments": "an array that came in has been changed in place: return new arrays",
        },
    ),
)  # fmt: skip
