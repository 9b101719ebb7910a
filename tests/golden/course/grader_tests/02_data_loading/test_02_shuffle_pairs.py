"""Hidden checks of exercise 02-shuffle-pairs."""

import random

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import pair_texts, stem


def numbered_pairs(rng, count=30):
    """Make pairs whose names say which belong together."""
    marks = rng.permutation(np.arange(1000))[:count]
    return [(f"images/pet_{mark}.jpg", f"trimaps/pet_{mark}.png") for mark in marks]


def firsts(value):
    """Return the photographs of pairs in their order."""
    return [image for image, _ in pair_texts(value)]


@pytest.mark.cell("02-shuffle-pairs", points=2)
def test_order_of_the_default_seed(student, rng):
    """Without a seed given, the order is that of random.Random(1337).shuffle."""
    pairs = numbered_pairs(rng)
    shuffled = firsts(student.call("shuffle_pairs", pairs))
    reference = [image for image, _ in pairs]
    random.Random(1337).shuffle(reference)

    expect(shuffled != [image for image, _ in pairs], "the pairs come back in their old order")
    expect(
        shuffled == reference,
        "this is not the order that random.Random(1337).shuffle gives: other generators, "
        "`sample` and unseeded shuffling all give other orders",
    )


@pytest.mark.cell("02-shuffle-pairs", points=2)
def test_pairs_stay_together(student, rng):
    """Each photograph keeps its own mask, and no pair is lost."""
    pairs = numbered_pairs(rng)
    shuffled = pair_texts(student.call("shuffle_pairs", pairs))

    expect(
        all(stem(image) == stem(trimap) for image, trimap in shuffled),
        "photographs and masks have been torn apart: both need the same order",
    )
    expect(len(shuffled) == len(pairs), "the number of pairs has changed", got=len(shuffled))
    expect(set(shuffled) == set(pairs), "some pairs are lost and others come twice")


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_seed_is_used(student, rng):
    """Another seed gives another order."""
    pairs = numbered_pairs(rng)
    seeds = [int(seed) for seed in rng.permutation(np.arange(1, 1000))[:3]]
    orders = [tuple(firsts(student.call("shuffle_pairs", pairs, seed=seed))) for seed in seeds]

    expect(
        len(set(orders)) == len(orders),
        "different seeds give the same order: is the argument `seed` used?",
    )


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_same_seed_same_order(student, rng):
    """The same seed gives the same order, whatever was drawn before."""
    pairs, seed = numbered_pairs(rng), int(rng.integers(1, 1000))
    once = firsts(student.call("shuffle_pairs", pairs, seed=seed))
    again = firsts(student.call("shuffle_pairs", pairs, seed=seed))

    expect(len(once) == len(pairs), "the number of pairs has changed", got=len(once))
    expect(once == again, "the same seed gave two different orders: start a generator from it")


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_given_list_unchanged(student, rng):
    """The list that was passed in stays as it was."""
    pairs = numbered_pairs(rng)
    result = student.evaluate("(lambda p: (shuffle_pairs(p), p))(list(pairs))", pairs=pairs)
    shuffled, after = result if isinstance(result, tuple) and len(result) == 2 else (None, None)

    expect(len(pair_texts(shuffled)) == len(pairs), "the number of pairs has changed")
    expect(
        pair_texts(after) == pairs, "the caller's own list has been shuffled: shuffle a copy of it"
    )
