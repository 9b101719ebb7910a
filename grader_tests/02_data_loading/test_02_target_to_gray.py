"""Hidden checks of 02-target-to-gray: labels 0, 1 and 2 as the greys 0, 127 and 254."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches

GREYS = {0: 0, 1: 127, 2: 254}


def judge(target):
    """Look up the grey of one pixel after the other."""
    rows = [[GREYS[int(label)] for (label,) in row] for row in target]
    return np.array(rows, dtype="uint8").reshape(target.shape[:2])


def formula(
    target,
    times_128=False,
    up_to_255=False,
    old_labels=False,
    in_int8=False,
    inverted=False,
    stretched=False,
    numbered_anew=False,
):
    """Multiply by 127, with what may go wrong."""
    plane = target[..., 0].astype(int)
    if numbered_anew:
        plane = np.unique(plane, return_inverse=True)[1].reshape(plane.shape)
    if old_labels:
        plane = plane - 1
    if inverted:
        plane = 2 - plane
    if stretched:
        return (plane / max(plane.max(), 1) * 254).astype("uint8")
    if up_to_255:
        return np.array([0, 127, 255], dtype="uint8")[plane]
    grey = plane * (128 if times_128 else 127)
    return grey.astype("int8" if in_int8 else "uint8")


variants = switches(
    formula,
    times_128=Slip(
        "fatal",
        "labels are multiplied by 128: then background is not 127, and the contour is as black as "
        "the pet, because 256 does not fit into uint8",
    ),
    up_to_255=Slip("major", "the contour is 255: the text asks for 254"),
    old_labels=Slip(
        "fatal", "1 is subtracted from the labels: they begin at 0 already, and 0 - 1 wraps around"
    ),
    in_int8=Slip("major", "the contour has a grey below 0: int8 ends at 127, uint8 at 255"),
    inverted=Slip("fatal", "black and white are exchanged: the pet is 0 and the contour 254"),
    stretched=Slip(
        "major",
        "the greys are stretched to the largest label of each mask: a mask without contour would "
        "look like another one",
    ),
    numbered_anew=Slip(
        "major",
        "the labels that occur are numbered anew from 0, as np.unique does: where a class is "
        "missing, the others get its grey",
    ),
)


def mask(rng, height, width, labels):
    """Draw a target that holds all the labels given, if it has enough pixels."""
    cells = rng.choice(labels, height * width)
    cells[: len(labels)] = rng.permutation(labels)[: height * width]
    return (rng.permutation(cells).astype("uint8").reshape(height, width, 1),)


def thin(rng, long, upright):
    """Draw a target of one row or one column, without contour or with it."""
    shape = (long, 1) if upright else (1, long)
    return mask(rng, *shape, labels=(0, 1) if rng.random() < 0.5 else (0, 1, 2))


sides = {"height": st.integers(2, 12), "width": st.integers(2, 15)}

exercise = Exercise(
    "02-target-to-gray",
    function="target_to_gray",
    judge=judge,
    strata=[
        Stratum("masks with all classes", inputs(mask, labels=st.just((0, 1, 2)), **sides)),
        Stratum("masks without contour", inputs(mask, labels=st.just((0, 1)), **sides)),
        Stratum("masks without a pet", inputs(mask, labels=st.just((1, 2)), **sides)),
        Stratum(
            "masks of a single class",
            inputs(mask, labels=st.sampled_from([(1,), (2,)]), **sides),
        ),
        Stratum(
            "masks of one row or one column",
            inputs(thin, long=st.integers(2, 30), upright=st.booleans()),
            row="corners",
        ),
        Stratum(
            "masks of a single pixel",
            inputs(mask, height=st.just(1), width=st.just(1),
                   labels=st.sampled_from([(0,), (1,), (2,)])),
            row="corners",
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=np.ndarray,
        dtype="uint8",
        messages={
            "type": "return a NumPy array of shape (H, W), also for a target of a single pixel",
            "shape": "the picture should have the two axes (H, W), also where one of them is 1, "
            "and none for channels",
            "dtype": "grey values are stored as uint8",
            "arguments": "the target itself has been changed: the model would learn from grey "
            "values",
        },
    ),
)  # fmt: skip
