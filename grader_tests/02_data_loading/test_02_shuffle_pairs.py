"""Hidden checks of 02-shuffle-pairs: the order of `random.Random(seed).shuffle`, in a new list."""

import random

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, call, exact, inputs, switches


def judge(pairs, seed=1337):
    """Swap places from the last one down, as the shuffle of Fisher and Yates does."""
    generator, order = random.Random(seed), list(pairs)
    for last in range(len(order) - 1, 0, -1):
        other = generator.randrange(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def formula(
    pairs,
    seed=1337,
    nothing_returned=False,
    old_order=False,
    seed_ignored=False,
    zero_is_no_seed=False,
    one_generator=False,
    sorted_before=False,
    numpy_order=False,
    sampled=False,
    with_repeats=False,
):
    """Shuffle a copy, with what may go wrong."""
    if seed_ignored or (zero_is_no_seed and not seed):
        seed = 1337
    if nothing_returned:
        return None
    generator, new = random.Random(seed), sorted(pairs) if sorted_before else list(pairs)
    if old_order:
        return new
    if numpy_order:
        return [new[place] for place in np.random.default_rng(seed).permutation(len(new))]
    if sampled:
        return generator.sample(new, len(new))
    if with_repeats:
        return generator.choices(new, k=len(new))
    if one_generator:
        images, trimaps = map(list, zip(*new, strict=True))
        generator.shuffle(images)
        generator.shuffle(trimaps)
        return list(zip(images, trimaps, strict=True))
    generator.shuffle(new)
    return new


variants = switches(
    formula,
    nothing_returned=Slip(
        "fatal",
        "nothing (`None`) came back: `shuffle` changes a list in place and returns nothing, so "
        "return the list on a line of its own",
    ),
    old_order=Slip("fatal", "the pairs come back in their old order"),
    seed_ignored=Slip(
        "major", "every seed gives the order of seed 1337: is the argument `seed` used?"
    ),
    zero_is_no_seed=Slip(
        "minor", "seed 0 gives the order of seed 1337: 0 is a seed like any other"
    ),
    one_generator=Slip(
        "fatal",
        "photographs and masks have been torn apart: a second shuffle with the same generator "
        "gives another order",
    ),
    sorted_before=Slip(
        "fatal", "the pairs are sorted before they are shuffled: shuffle them as they come"
    ),
    numpy_order=Slip(
        "fatal",
        "this is the order of NumPy's generator: random.Random(seed).shuffle gives another one",
    ),
    sampled=Slip(
        "fatal", "this is the order that `sample` gives: `shuffle` gives another one for each seed"
    ),
    with_repeats=Slip(
        "fatal", "some pairs are lost and others come twice: `choices` draws with repeats"
    ),
)


def numbered(rng, count):
    """Draw pairs, not in the order of their names."""
    marks = rng.permutation(900)[:count] + 100
    if count > 1 and marks[0] < marks[1]:
        marks[:2] = marks[1], marks[0]
    return [(f"images/pet_{mark}.jpg", f"trimaps/pet_{mark}.png") for mark in marks]


def without_seed(rng, count):
    """Draw pairs, and no seed."""
    return (numbered(rng, count),)


def with_seed(rng, count, start):
    """Draw pairs and a seed."""
    return call(numbered(rng, count), seed=start)


def twice(rng, count, start):
    """Draw pairs of which some occur twice."""
    pairs = numbered(rng, count)
    return call(pairs + pairs[: count // 2], seed=start)


many, seeds = st.integers(8, 30), st.integers(1, 10**6).filter(lambda seed: seed != 1337)

exercise = Exercise(
    "02-shuffle-pairs",
    function="shuffle_pairs",
    judge=judge,
    strata=[
        Stratum("calls without a seed", inputs(without_seed, count=many)),
        Stratum("calls with a seed", inputs(with_seed, count=many, start=seeds)),
        Stratum("seed 0", inputs(with_seed, count=many, start=st.just(0)), row="corners", count=3),
        Stratum(
            "lists of one length with one seed",
            inputs(with_seed, count=st.just(11), start=st.just(20)),
            count=3,
        ),
        Stratum(
            "two pairs, which stay or change places",
            inputs(with_seed, count=st.just(2), start=seeds),
            row="corners",
            count=8,
        ),
        Stratum("some pairs occur twice", inputs(twice, count=many, start=seeds), row="corners"),
        Stratum(
            "a single pair",
            inputs(with_seed, count=st.just(1), start=seeds),
            row="corners",
            count=2,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=list,
        items=tuple,
        messages={"arguments": "the caller's own list has been shuffled: shuffle a copy of it"},
    ),
)
