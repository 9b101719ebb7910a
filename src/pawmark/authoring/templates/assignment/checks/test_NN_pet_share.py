"""Hidden checks of @NN@-pet-share: the share of a photograph that shows the pet."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, close, inputs, switches


def judge(trimap):
    """Count one pixel after the other: another way than the reference solution's."""
    labels = trimap.ravel().tolist()
    return labels.count(1) / len(labels)


def formula(trimap, contour_is_pet=False, counted=False, percentage=False, of_background=False):
    """Compute the share as the reference does; each switch is a misconception."""
    pet = trimap != 2 if contour_is_pet else trimap == 1
    if counted:
        return int(np.sum(pet))
    if of_background:
        return float(np.sum(pet) / max(np.sum(trimap == 2), 1))
    return float(np.mean(pet)) * (100 if percentage else 1)


def trimap_of(rng, height, width, labels=(1, 2, 3)):
    """Draw a trimap with some of the labels, each of which occurs."""
    trimap = rng.choice(labels, (height, width))
    trimap.flat[: len(labels)] = labels
    return (rng.permutation(trimap.ravel()).reshape(height, width),)


def without_contour(rng, height, width):
    """Draw a trimap of pet and background only."""
    return trimap_of(rng, height, width, (1, 2))


def without_pet(rng, height, width):
    """Draw a trimap that shows no pet."""
    return trimap_of(rng, height, width, (2, 3))


sides = {"height": st.integers(2, 9), "width": st.integers(3, 9)}

exercise = Exercise(
    "@NN@-pet-share",
    function="pet_share",
    judge=judge,
    strata=[
        Stratum("trimaps with all three labels", inputs(trimap_of, **sides)),
        Stratum("trimaps without a contour", inputs(without_contour, **sides)),
        Stratum("trimaps without a pet", inputs(without_pet, **sides), row="corners"),
    ],
    variants=[
        *switches(
            formula,
            contour_is_pet=Slip(
                "major", "the contour is counted as pet: it is label 3, the pet is label 1"
            ),
            counted=Slip("fatal", "{got} counts pixels: divide by how many there are"),
            percentage=Slip("fatal", "{got} is a percentage: the share is {expected}"),
            of_background=Slip(
                "fatal", "the share is one of all pixels, and not of those of the background"
            ),
        ),
    ],
    same=close(atol=1e-6),
    contract=Contract(result=float),
)
