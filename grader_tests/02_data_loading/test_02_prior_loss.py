"""Hidden checks of 02-prior-loss: the mean cross-entropy of who knows the fractions only."""

import math

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, close, inputs, switches


def judge(fractions):
    """Take the logarithm of a weighted geometric mean; 0 to the power of 0 is 1."""
    return abs(math.log(math.prod(float(part) ** float(part) for part in fractions)))


def formula(
    fractions,
    base_2=False,
    base_10=False,
    negative=False,
    divided=False,
    unweighted=False,
    of_the_largest=False,
    error_rate=False,
    absent_is_nan=False,
    absent_raises=False,
    one_zero_left_out=False,
):
    """Add up what each class costs, with what may go wrong."""
    logarithm = math.log2 if base_2 else math.log10 if base_10 else math.log
    fractions = [float(part) for part in fractions]
    zeros = fractions.count(0)
    if zeros and absent_is_nan:
        return math.nan
    if (zeros and absent_raises) or (zeros > 1 and one_zero_left_out):
        raise ValueError("math domain error")
    if error_rate:
        return 1 - max(fractions)
    present = [part for part in fractions if part > 0]
    if of_the_largest:
        return -logarithm(max(present))
    if unweighted:
        return -sum(map(logarithm, present)) / len(present)
    loss = -sum(part * logarithm(part) for part in present)
    loss = loss / len(fractions) if divided else loss
    return -loss if negative else loss


variants = switches(
    formula,
    base_2=Slip(
        "fatal", "this is the logarithm to base 2: the text asks for the natural one, `np.log`"
    ),
    base_10=Slip(
        "fatal", "this is the logarithm to base 10: the text asks for the natural one, `np.log`"
    ),
    negative=Slip("fatal", "the loss is negative: the definition begins with a minus"),
    divided=Slip(
        "fatal",
        "the sum is divided by the number of classes: the fractions are the weights of a mean "
        "already",
    ),
    unweighted=Slip("major", "each class counts the same: one with few pixels should count little"),
    of_the_largest=Slip(
        "major", "only the most frequent class is looked at: the pixels of the others pay as well"
    ),
    error_rate=Slip(
        "fatal",
        "this is the share of wrong pixels: each pixel pays minus the logarithm of the "
        "probability of its own class",
    ),
    absent_is_nan=Slip(
        "minor",
        "with an absent class the loss is not a number: 0 times log(0) counts as 0 here",
    ),
    absent_raises=Slip(
        "minor",
        "an absent class ends in an error, because 0 has no logarithm: such a class adds nothing",
    ),
    one_zero_left_out=Slip(
        "minor", "two classes may be absent: here only the first one is left out"
    ),
)


def uneven(rng, form=list, absent=0):
    """Draw three fractions that differ, of which some may be 0."""
    parts = rng.dirichlet([4, 2, 1][absent:]) if absent < 2 else np.ones(1)
    parts = 0.9 * parts + 0.1 * np.arange(1, len(parts) + 1) / sum(range(1, len(parts) + 1))
    found = np.concatenate([np.zeros(absent), parts])
    found = rng.permutation(found / found.sum())
    return (found if form is np.array else form(found.tolist()),)


def rare(rng):
    """Draw three fractions of which one or two are small."""
    small = rng.uniform(0.002, 0.04, rng.integers(1, 3))
    rest = 1 - small.sum()
    others = [rest] if len(small) == 2 else [0.4 * rest, 0.6 * rest]
    return (rng.permutation([*small, *others]).tolist(),)


exercise = Exercise(
    "02-prior-loss",
    function="prior_loss",
    judge=judge,
    strata=[
        Stratum("three classes of unlike parts", inputs(uneven), count=8),
        Stratum("a rare class", inputs(rare), count=4),
        Stratum("three equal classes", st.just(([1 / 3, 1 / 3, 1 / 3],)), count=1),
        Stratum("a class that never occurs", inputs(uneven, absent=st.just(1)), row="corners"),
        Stratum(
            "two classes that never occur",
            inputs(uneven, absent=st.just(2)),
            row="corners",
            count=3,
        ),
        Stratum(
            "fractions in a tuple or an array",
            inputs(uneven, form=st.sampled_from([tuple, np.array])),
            row="corners",
        ),
        Stratum(
            "a class that never occurs, in an array",
            inputs(uneven, form=st.just(np.array), absent=st.just(1)),
            row="corners",
            count=2,
        ),
    ],
    variants=variants,
    same=close(atol=1e-5),
    contract=Contract(result=float),
)
