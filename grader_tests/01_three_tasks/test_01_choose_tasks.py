"""Hidden checks of 01-choose-tasks: each situation pays for itself."""

from pawmark.checks import Item, Items

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


NEEDS = {
    "A": ("single", "every portrait has exactly one breed, and nobody asks where the dog is"),
    "B": (
        "multi",
        "a photo can be found by many words at once, and a word needs no place in it",
    ),
    "C": (
        "semantic",
        "the border runs along the hair, so no rectangle will do, and it does not matter which "
        "pixel belongs to which thing of a class",
    ),
    "D": (
        "detection",
        "a rectangle around each thing is needed, and it is enough: words have no place, and "
        "outlines cost far more labels",
    ),
    "E": (
        "instance",
        "the cells touch, and each one's area is wanted: with classes alone they melt into one "
        "region, and a rectangle has no exact area",
    ),
    "F": (
        "detection",
        "a frame around each bird is needed, and it is enough: words cannot be counted, and "
        "outlines do not matter",
    ),
    "G": (
        "semantic",
        "areas need every pixel's class, and nobody asks which tree or field it belongs to",
    ),
    "H": (
        "instance",
        "the puppies lie on each other, and each is cut out by itself: with classes alone they "
        "melt into one region, and a rectangle has no outline",
    ),
    "I": (
        "multi",
        "some pictures show four findings and many show none: no single label says that",
    ),
    "J": ("single", "an apple is in exactly one of three states, and nobody asks where it is"),
}


def situation(letter):
    """Return the item of one situation."""
    task, reason = NEEDS[letter]

    def accepts(answer):
        if not isinstance(answer, dict):
            return "return a dictionary from letters to names"
        texts = {plain(key): name for key, name in answer.items() if isinstance(key, str)}
        name = texts.get(plain(letter))
        if name is None:
            return f"situation {letter} has no answer"
        found = TASK_OF.get(plain(name)) if isinstance(name, str) else None
        if found is None:
            return (
                "this is not the name of one of the five tasks; a plain 'classification' or "
                "'segmentation' does not say which kind"
            )
        return found == task or reason

    return Item(f"situation {letter}", accepts)


exercise = Items("01-choose-tasks", "choose_tasks", [situation(letter) for letter in NEEDS])
