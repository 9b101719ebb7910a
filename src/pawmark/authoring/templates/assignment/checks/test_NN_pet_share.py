"""Hidden checks of assignment @NN@: the share of a photograph that shows the pet."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_close, expect_number


def trimap_of(rng, pet, background, contour):
    """Draw a trimap that holds so many pixels of each label, in any order."""
    labels = np.repeat([1, 2, 3], [pet, background, contour])
    return rng.permutation(labels).reshape(-1, 10)


@pytest.mark.cell("@NN@-pet-share", points=2)
def test_only_the_pet_is_counted(student, rng):
    """Pixels of the pet are counted, and no others."""
    pet = int(rng.integers(20, 60))
    with_band = student.call("pet_share", trimap_of(rng, pet, 120 - pet, 80))
    all_pet = student.call("pet_share", trimap_of(rng, 200, 0, 0))
    # Compared with a picture full of pet, so that a count or a percentage fails elsewhere only.
    share = expect_number(with_band, "the share") / (expect_number(all_pet, "the share") or 1)
    counted = abs(share - (pet + 80) / 200) < 1e-6

    expect(not counted, "the contour is counted as pet: it is label 3, the pet is label 1")
    expect_close(share, pet / 200, "these are not the pixels with label 1", atol=1e-6)


@pytest.mark.cell("@NN@-pet-share", points=1)
def test_share_is_a_part_of_one(student, rng):
    """The share is a part of all pixels, from 0 to 1."""
    share = expect_number(student.call("pet_share", trimap_of(rng, 50, 150, 0)), "the share")

    expect(share != 50, "this counts pixels: divide by how many there are", share)
    expect(share != 25, "this is a percentage: the share of a quarter is 0.25", share)
    expect_close(share, 0.25, "a quarter of this picture is pet", atol=1e-6, show=True)
