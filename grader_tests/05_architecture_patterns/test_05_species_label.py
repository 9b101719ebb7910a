"""Hidden checks of exercise 05-species-label."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number


def call_labels(student, paths):
    """Return the labels of several paths as floats."""
    reply = student.evaluate("[species_label(path) for path in paths]", paths=list(paths))
    replies = reply if isinstance(reply, list) else [reply] * len(paths)
    expect(len(replies) == len(paths), "species_label should return one label for each path")
    expect(
        not any(label is None for label in replies),
        "species_label returned None: did you forget `return`?",
    )
    words = [label for label in replies if isinstance(label, str)]
    expect(not words, "a label is a number here, 0 or 1, not a word", got=words[:1])
    return np.array([
        float(label) if isinstance(label, bool) else expect_number(label, "a label")
        for label in replies
    ])  # fmt: skip


def breeds(pets, several_words):
    """Return the names of photographs with their labels: one of each breed."""
    found = {}
    for name in pets.names:
        breed = name.rsplit("_", 1)[0]
        if ("_" in breed) == several_words:
            found.setdefault(breed, name)
    names = list(found.values())
    return names, np.array([pets.data.species(name) == "dog" for name in names], dtype=float)


@pytest.mark.cell("05-species-label", points=1)
def test_cats_are_zero_and_dogs_one(student, pets, rng):
    """A capital letter means a cat: 0; dogs are 1."""
    names, expected = breeds(pets, several_words=False)
    order = rng.permutation(len(names))

    got = call_labels(student, [f"images/{names[i]}.jpg" for i in order])

    expect(
        len(set(got)) > 1,
        "all photographs get the same label: look at the first letter of the file name",
    )
    expect(
        not np.array_equal(got, 1 - expected[order]),
        "cats and dogs are swapped: a capital letter means a cat, and cats are 0",
    )
    expect(set(got) <= {0.0, 1.0}, "the labels are 0 and 1", got=sorted(set(got))[:5])
    expect(
        np.array_equal(got, expected[order]),
        "some breeds get the wrong label; their names have a single word",
    )


@pytest.mark.cell("05-species-label", points=0.5)
def test_breeds_of_several_words(student, pets, rng):
    """Breeds whose names have several words are told apart as well."""
    names, expected = breeds(pets, several_words=True)
    order = rng.permutation(len(names))

    got = call_labels(student, [f"images/{names[i]}.jpg" for i in order])

    # Whether cats are 0 or 1 has a check of its own.
    expect(
        any(np.array_equal(got, labels[order]) for labels in (expected, 1 - expected)),
        "some breeds of several words get the wrong label: look at the first letter alone",
    )


@pytest.mark.cell("05-species-label", points=0.5)
def test_folders_do_not_matter(student, pets, rng):
    """The folders in front of the file name do not matter."""
    names, _ = breeds(pets, several_words=False)
    here = call_labels(student, [f"images/{name}.jpg" for name in names])

    for folder in ("/data/Oxford_Pets/Images", "Photographs", "/home/cats/dogs", "."):
        there = call_labels(student, [f"{folder}/{name}.jpg" for name in names])

        expect(
            len(set(there)) > 1,
            f"in the folder {folder!r} all photographs get the same label: the folders say "
            "nothing, the file name does",
        )
        expect(
            np.array_equal(there, here),
            f"in the folder {folder!r} a photograph gets another label than elsewhere",
        )
    bare = call_labels(student, [f"{name}.jpg" for name in names])
    expect(
        np.array_equal(bare, here),
        "a path may be a file name alone, without a folder in front of it",
    )
