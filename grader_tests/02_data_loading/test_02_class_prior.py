"""Hidden checks of 02-class-prior: the part of all pixels that each of three labels has."""

from collections import Counter

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, close, inputs, switches


def judge(targets):
    """Count one pixel after the other."""
    counts = Counter(targets.ravel().tolist())
    return [counts[label] / targets.size for label in (0, 1, 2)]


def formula(
    targets,
    counted=False,
    in_percent=False,
    old_labels=False,
    first_mask=False,
    per_mask=False,
    in_uint8=False,
    what_is_there=False,
    largest_first=False,
    smallest_first=False,
    mask_by_mask=False,
):
    """Compare with each label, with what may go wrong."""
    if first_mask:
        targets = targets[:1]
    labels = (1, 2, 3) if old_labels else np.unique(targets) if what_is_there else (0, 1, 2)
    if mask_by_mask:
        return np.array([[np.mean(one == label) for label in labels] for one in targets])
    counts = np.array([np.sum(targets == label) for label in labels])
    if in_uint8:
        counts = counts % 256
    if largest_first or smallest_first:
        counts = np.sort(counts)[:: -1 if largest_first else 1]
    if counted:
        return counts
    pixels = targets[0].size if per_mask else targets.size
    return counts / pixels * (100 if in_percent else 1)


ORDER = "these are the right fractions in another order: first label 0, then 1, then 2"

variants = switches(
    formula,
    counted=Slip(
        "fatal", "these are numbers of pixels: divide the counts by the number of all pixels"
    ),
    in_percent=Slip("fatal", "these are per cent: as fractions, the three add up to 1"),
    old_labels=Slip(
        "fatal", "these are the parts of the labels 1, 2 and 3: targets hold 0, 1 and 2"
    ),
    first_mask=Slip(
        "major", "only the first mask is counted: the fractions are those over all masks"
    ),
    per_mask=Slip(
        "major",
        "the counts are divided by the pixels of one mask: divide by the number of all pixels",
    ),
    in_uint8=Slip(
        "major", "counts start again at 0 after 255: uint8 is too small to count pixels in"
    ),
    what_is_there=Slip(
        "minor",
        "return one fraction for each of the three classes, also for one that is absent: "
        "np.unique lists only what is there",
    ),
    largest_first=Slip("fatal", ORDER, family="order"),
    smallest_first=Slip("fatal", ORDER, family="order"),
    mask_by_mask=Slip(
        "fatal", "these are the fractions of each mask by itself: count over all masks together"
    ),
)


def masks(rng, number, height, width, labels=(0, 1, 2)):
    """Draw masks in which each label has another part, and label 1 the most or the least."""
    small, middle, large = np.sort(rng.dirichlet(np.ones(3))) + np.array([0.1, 0.3, 0.6])
    orders = [
        (small, large, middle),
        (middle, large, small),
        (middle, small, large),
        (large, small, middle),
    ]
    parts = np.array(orders[rng.integers(4)])
    parts = parts[list(labels)] / parts[list(labels)].sum()
    found = rng.choice(labels, (number, height, width, 1), p=parts).astype("uint8")
    # Every mask has parts of its own, and each label is there at least once.
    for row, one in enumerate(found):
        one[: 1 + row % height] = rng.choice(labels)
    found[-1].flat[: len(labels)] = labels
    return (found,)


def missing(rng, number, height, width, label):
    """Draw masks without one of the labels."""
    return masks(rng, number, height, width, tuple(one for one in (0, 1, 2) if one != label))


def in_some(rng, number, height, width, label):
    """Draw masks of which all but the last ones lack one of the labels."""
    (without,) = missing(rng, number, height, width, label)
    (others,) = masks(rng, int(rng.integers(1, 3)), height, width)
    return (np.concatenate([without, others]),)


sides = {"height": st.integers(4, 9), "width": st.integers(5, 9)}

exercise = Exercise(
    "02-class-prior",
    function="class_prior",
    judge=judge,
    strata=[
        Stratum("a single mask", inputs(masks, number=st.just(1), **sides)),
        Stratum("several masks", inputs(masks, number=st.integers(2, 5), **sides)),
        Stratum(
            "masks of many pixels",
            inputs(masks, number=st.integers(2, 3), height=st.integers(60, 80),
                   width=st.integers(60, 80)),
            count=3,
        ),
        Stratum(
            "a class that only some masks have",
            inputs(in_some, number=st.integers(1, 3), label=st.integers(0, 2), **sides),
            count=4,
        ),
        Stratum(
            "a class that does not occur",
            inputs(missing, number=st.integers(1, 4), label=st.integers(0, 2), **sides),
            row="corners",
            count=8,
        ),
        Stratum(
            "a single class",
            inputs(masks, number=st.integers(1, 4), **sides,
                   labels=st.sampled_from([(0,), (1,), (2,)])),
            row="corners",
        ),
    ],
    variants=variants,
    families={"order": ORDER},
    same=close(atol=1e-5),
    contract=Contract(result=(list, tuple, np.ndarray)),
)  # fmt: skip
