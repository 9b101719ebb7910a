"""Hidden checks of 01-multi-hot: the labels of one picture as a row of zeros and ones."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, raises, switches


def judge(labels, classes):
    """Ask of each class whether it is named."""
    if not set(labels) <= set(classes):
        return raises(ValueError)
    return np.array([min(labels.count(name), 1) for name in classes])


def formula(
    labels,
    classes,
    sorted_classes=False,
    first_places=False,
    place_numbers=False,
    first_only=False,
    table=False,
    counted=False,
    toggled=False,
    none_raises=False,
    unknown_lost=False,
    unknown_is_key_error=False,
    unknown_is_other_error=False,
    case_ignored=False,
    within_words=False,
):
    """Write a 1 at the place of each label, with what may go wrong."""
    labels = labels[:1] if first_only else labels
    unknown = [label for label in labels if label not in classes]
    if unknown and not unknown_lost:
        if unknown_is_key_error:
            raise KeyError(unknown[0])
        if unknown_is_other_error:
            raise AssertionError(unknown[0])
        raise ValueError(f"{unknown[0]!r} is not in list")
    if not labels and (none_raises or first_only):
        raise IndexError("list index out of range")
    labels = [label for label in labels if label in classes]
    if case_ignored:
        labels = [name for name in classes if name.lower() in [one.lower() for one in labels]]
    if within_words:
        labels = [name for name in classes if any(name in label for label in labels)]
    places = sorted(classes) if sorted_classes else list(classes)
    row = np.zeros(len(classes))
    rows = np.zeros((len(labels), len(classes)))
    for number, label in enumerate(labels):
        place = number if first_places else places.index(label)
        rows[number, place] = 1
        row[place] = row[place] + 1 if counted else 1 - row[place] if toggled else 1
        row[place] = place + 1 if place_numbers else row[place]
    return rows if table else row


variants = switches(
    formula,
    sorted_classes=Slip(
        "fatal", "the places follow the alphabet: the order is that of `classes` as given"
    ),
    first_places=Slip(
        "fatal",
        "the ones stand at the first places: each class has its own place, as in `classes`",
    ),
    place_numbers=Slip(
        "fatal",
        "the places hold the numbers of the classes: a class that is on the picture should have 1",
    ),
    first_only=Slip(
        "major", "only the first label counts: each class that is named should have its 1"
    ),
    table=Slip(
        "major",
        "there is a row for each label: one picture has one row, with a place for each class, "
        "however many labels it has",
    ),
    counted=Slip(
        "minor", "a label that is named twice gives 2: the row says whether, not how often"
    ),
    toggled=Slip(
        "minor",
        "a label that is named twice gives 0: set its place to 1, whatever it has been before",
    ),
    none_raises=Slip(
        "minor", "a picture without labels ends in an error: its row holds zeros only"
    ),
    unknown_lost=Slip(
        "minor",
        "a label that is not among the classes is lost silently: a misspelt label in the data "
        "would never be noticed",
    ),
    unknown_is_key_error=Slip(
        "minor",
        "a label that is not among the classes ends in a KeyError: the text asks for ValueError",
    ),
    unknown_is_other_error=Slip(
        "minor",
        "a label that is not among the classes ends in an AssertionError: the text asks for "
        "ValueError, and Python may be told to skip assertions",
    ),
    case_ignored=Slip(
        "minor", "names that differ in capitals only are taken for one: they are two classes"
    ),
    within_words=Slip(
        "minor",
        "a class gets 1 where its name is only a part of a label: compare whole words",
    ),
)

LETTERS = list("abcdefghijklmnopqrstuvwxyz")


def words(rng, number):
    """Invent words of equal length, all different."""
    found = {}
    while len(found) < number:
        found["".join(rng.choice(LETTERS, 5))] = True
    return list(found)


def picture(rng, number, named, twice=0, strangers=0):
    """Draw classes in any order, and some of them as labels, not in that order."""
    # A place is never the same in the alphabet, from behind, or among the labels.
    names = sorted(words(rng, number + 1))
    stranger = names.pop(int(rng.integers(len(names))))
    classes = [*names[1:], names[0]] if rng.random() < 0.5 else [names[-1], *names[:-1]]
    places = rng.permutation(np.arange(1, number))[:named]
    labels = [classes[place] for place in sorted(places.tolist(), reverse=True)]
    labels += labels[: 1 + len(labels) // 2] * twice
    if strangers:  # anywhere but first
        labels.insert(int(rng.integers(1, len(labels) + 1)) if labels else 0, stranger)
    return labels, classes


def alike(rng, number, in_capitals, names_the_part=False):
    """Draw classes of which one is another in capitals, or a part of another; name one of both."""
    _, classes = picture(rng, number, 1)
    whole = classes[int(rng.integers(number))]
    part = whole.capitalize() if in_capitals else whole[1:] if rng.random() < 0.5 else whole[:-1]
    classes.insert(int(rng.integers(number)), part)
    return [part if names_the_part else whole], classes


def all_named(rng, number, and_another=False):
    """Draw classes that are all named, and behind them perhaps a word that is none."""
    _, classes = picture(rng, number, 1)
    more = [classes[0] + "s"] if and_another else []
    return rng.permutation(classes).tolist() + more, classes


def named_often(rng, number, times):
    """Draw classes of which one is named many times, between others."""
    labels, classes = picture(rng, number, 2)
    return [labels[0]] * (times - 1) + labels, classes


some, one, none = st.integers(2, 3), st.just(1), st.just(0)
count = st.integers(4, 8)

exercise = Exercise(
    "01-multi-hot",
    function="multi_hot",
    judge=judge,
    strata=[
        Stratum("several labels", inputs(picture, number=count, named=some), count=8),
        Stratum("one label", inputs(picture, number=count, named=one)),
        Stratum("no label", inputs(picture, number=count, named=none), row="corners", count=3),
        Stratum(
            "a label that is named twice",
            inputs(picture, number=count, named=some, twice=one),
            row="corners",
        ),
        Stratum(
            "a label that is not among the classes",
            inputs(picture, number=count, named=st.integers(1, 3), strangers=one),
            row="corners",
        ),
        Stratum(
            "a single label, which is not among the classes",
            inputs(picture, number=count, named=none, strangers=one),
            row="corners",
            count=3,
        ),
        Stratum(
            "a class whose name is part of another",
            inputs(alike, number=count, in_capitals=st.just(False)),
            row="corners",
        ),
        Stratum(
            "a class of whose name another is a part",
            inputs(alike, number=count, in_capitals=st.just(False), names_the_part=st.just(True)),
            row="corners",
        ),
        Stratum(
            "classes that differ in capitals",
            inputs(alike, number=count, in_capitals=st.just(True)),
            row="corners",
        ),
        Stratum("all classes are named", inputs(all_named, number=count), row="corners", count=4),
        Stratum(
            "all classes are named, and behind them a label that is none",
            inputs(all_named, number=count, and_another=st.just(True)),
            row="corners",
            count=3,
        ),
        Stratum(
            "a label that is named many times",
            inputs(named_often, number=count, times=st.sampled_from([3, 4, 5])),
            row="corners",
        ),
        Stratum(
            "a label that is named very often",
            inputs(named_often, number=count, times=st.just(256)),
            row="corners",
            count=1,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=np.ndarray,
        messages={
            "type": "return a NumPy array",
            "shape": "one picture has one row: the shape is (len(classes),), with one axis",
        },
    ),
)
