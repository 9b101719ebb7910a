"""Hidden checks of exercise 01-choose-tasks."""

import pytest

from pawmark.checks import expect

from .replies import plain

NAMES = {
    "single": (
        "single-label classification", "single-label", "single-label image classification",
        "egycímkés osztályozás", "egycímkés besorolás", "egycímkés képosztályozás",
    ),
    "multi": (
        "multi-label classification", "multi-label", "multi-label image classification",
        "többcímkés osztályozás", "többcímkés besorolás", "többcímkés képosztályozás",
    ),
    "detection": (
        "object detection", "detection", "tárgydetektálás", "tárgyérzékelés", "tárgyészlelés",
        "objektumdetektálás", "objektumészlelés",
    ),
    "semantic": (
        "semantic segmentation", "semantic image segmentation", "szemantikus szegmentálás",
        "szemantikai szegmentálás", "szemantikus szegmentáció", "szemantikus képszegmentálás",
    ),
    "instance": (
        "instance segmentation", "példányszegmentálás", "példányszegmentáció",
        "példányonkénti szegmentálás",
    ),
}  # fmt: skip
TASK_OF = {plain(name): task for task, names in NAMES.items() for name in names}


def chosen(student):
    """Return for each letter the task that the student chose, or None where it is not known."""
    value = student.call("choose_tasks")
    expect(value is not None, "nothing came back: does the function return its dictionary?")
    expect(
        isinstance(value, dict),
        "return a dictionary from letters to names",
        got=type(value).__name__,
    )
    texts = {plain(key).upper(): name for key, name in value.items() if isinstance(key, str)}
    return {
        letter: TASK_OF.get(plain(name)) if isinstance(name, str) else None
        for letter, name in texts.items()
    }


def expect_choices(student, task, needs):
    """Fail unless all situations of a task are recognised; `needs` says why, by letter."""
    found = chosen(student)
    for letter, reason in needs.items():
        expect(letter in found, f"situation {letter} has no answer")
        expect(
            found[letter] is not None,
            f"situation {letter}: this is not the name of one of the five tasks; a plain "
            "'classification' or 'segmentation' does not say which kind",
        )
        expect(found[letter] == task, f"situation {letter}: {reason}")


@pytest.mark.cell("01-choose-tasks", points=1)
def test_situations_with_one_class(student):
    """Situations in which exactly one class applies are recognised."""
    expect_choices(
        student,
        "single",
        {
            "A": "every portrait has exactly one breed, and nobody asks where the dog is",
            "J": "an apple is in exactly one of three states, and nobody asks where it is",
        },
    )


@pytest.mark.cell("01-choose-tasks", points=1)
def test_situations_with_any_number_of_classes(student):
    """Situations in which none, one or many classes apply are recognised."""
    expect_choices(
        student,
        "multi",
        {
            "B": "a photo can be found by many words at once, and a word needs no place in it",
            "I": "some pictures show four findings and many show none: no single label says that",
        },
    )


@pytest.mark.cell("01-choose-tasks", points=1)
def test_situations_with_boxes(student):
    """Situations in which a rectangle for each thing is enough are recognised."""
    expect_choices(
        student,
        "detection",
        {
            "D": "a rectangle around each thing is needed, and it is enough: words have no place, "
            "and outlines cost far more labels",
            "F": "a frame around each bird is needed, and it is enough: words cannot be counted, "
            "and outlines do not matter",
        },
    )


@pytest.mark.cell("01-choose-tasks", points=1)
def test_situations_with_a_class_for_every_pixel(student):
    """Situations in which the class of each pixel is enough are recognised."""
    expect_choices(
        student,
        "semantic",
        {
            "C": "the border runs along the hair, so no rectangle will do, and it does not matter "
            "which pixel belongs to which thing of a class",
            "G": "areas need every pixel's class, and nobody asks which tree or field it belongs "
            "to",
        },
    )


@pytest.mark.cell("01-choose-tasks", points=1)
def test_situations_with_things_told_apart(student):
    """Situations in which touching things of one class must be told apart are recognised."""
    expect_choices(
        student,
        "instance",
        {
            "E": "the cells touch, and each one's area is wanted: with classes alone they melt "
            "into one region, and a rectangle has no exact area",
            "H": "the puppies lie on each other, and each is cut out by itself: with classes alone "
            "they melt into one region, and a rectangle has no outline",
        },
    )
