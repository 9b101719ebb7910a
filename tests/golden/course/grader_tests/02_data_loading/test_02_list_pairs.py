"""Hidden checks of exercise 02-list-pairs."""

from pathlib import PurePosixPath

import numpy as np
import pytest

from pawmark.checks import expect

from .pictures import encoded, picture
from .replies import pair_texts, stem, with_path


def file_names(rng, count=8):
    """Invent names whose sorted order is neither alphabetic without case nor numeric."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    breed = "".join(rng.choice(list(letters), 5))
    tail = rng.permutation(np.arange(1, 200))[: count - 4]
    fixed = [f"{breed}_2", f"{breed}_10", f"{breed.capitalize()}_30", f"{breed.capitalize()}_4"]
    names = fixed + [f"zz{breed}_{number}" for number in tail]
    return [names[i] for i in rng.permutation(len(names))]


def pair_folders(student, rng, names, images=None, trimaps=None):
    """Make the two folders with a pair for each name, and with files from the extra dicts."""
    small = encoded(picture(rng, 8, 9))
    files = {f"images/{name}.jpg": small for name in names}
    files.update({f"images/{name}": content for name, content in (images or {}).items()})
    files.update({f"trimaps/{name}.png": small for name in reversed(names)})
    files.update({f"trimaps/{name}": content for name, content in (trimaps or {}).items()})
    root = student.folder(files)
    return f"{root}/images", f"{root}/trimaps"


def base(path):
    """Return the last part of a path."""
    return PurePosixPath(path).name


def listed(student, folders):
    """Call `list_pairs` as the notebook does; return bare file names, the photograph first.

    Which of the two comes first has a check of its own.
    """
    value = with_path(student, "list_pairs", *folders)
    expect(pair_texts(value), "the list is empty")
    pairs = [tuple(base(path) for path in pair) for pair in pair_texts(value)]
    return [(b, a) if a.endswith(".png") and b.endswith(".jpg") else (a, b) for a, b in pairs]


def wanted(names):
    """Return the pairs of bare file names that belong to names, in the right order."""
    return [(f"{name}.jpg", f"{name}.png") for name in sorted(names)]


@pytest.mark.cell("02-list-pairs", points=2)
def test_every_photograph_with_its_mask(student, rng):
    """Every photograph of the given folders is listed with its mask."""
    names = file_names(rng)
    found = listed(student, pair_folders(student, rng, names))

    expect(
        set(found) & set(wanted(names)),
        "these are not files of the folders that were given: does the function use its arguments?",
    )
    expect(
        len(found) == len(names),
        "some pairs are missing or listed twice",
        got=len(found),
        expected=len(names),
    )
    expect(
        {image for image, _ in found} == {f"{name}.jpg" for name in names},
        "some photographs of the folder are not in the list, and others are there twice",
    )
    expect(
        all(stem(image) == stem(trimap) for image, trimap in found),
        "a photograph got the mask of another one",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_pairs_sorted_by_name(student, rng):
    """Pairs are sorted by name, as `sorted` does it."""
    names = file_names(rng)
    found = [stem(image) for image, _ in listed(student, pair_folders(student, rng, names))]

    expect(
        found == sorted(found),
        "the pairs are not in the order of sorted(): folders list their files in any order, "
        "capital letters sort before small ones, and _10 before _2",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_paired_by_name_not_by_position(student, rng):
    """A photograph or a mask without its partner is left out and shifts nothing."""
    names = file_names(rng)
    lone_image, lone_trimap = names[0], names[1]
    both = names[2:]
    content = encoded(picture(rng, 8, 9))
    found = listed(
        student,
        pair_folders(
            student,
            rng,
            both,
            images={f"{lone_image}.jpg": content},
            trimaps={f"{lone_trimap}.png": content},
        ),
    )

    expect(
        all(stem(image) == stem(trimap) for image, trimap in found),
        "one photograph has no mask here, and from there on photographs got the masks of others: "
        "pair by name, not by position",
    )
    listed_names = {stem(image) for image, _ in found}
    expect(
        not listed_names & {lone_image, lone_trimap},
        "a photograph without a mask, or a mask without a photograph, should be left out",
    )
    expect(set(both) <= listed_names, "a lone file should not cost any other pair")


@pytest.mark.cell("02-list-pairs", points=2)
def test_other_kinds_of_files_left_out(student, rng):
    """Files that are neither photographs nor masks are left out."""
    names = file_names(rng)
    strays = {
        f"{names[0]}.mat": b"MATLAB 5.0",
        f"{names[1]}.jpg.part": b"half a download",
        "Thumbs.db": b"thumbnails",
    }
    found = listed(
        student,
        pair_folders(
            student, rng, names, images=strays, trimaps={f"{names[2]}.png.txt": b"a note"}
        ),
    )

    expect(
        set(found) == set(wanted(names)) and len(found) == len(names),
        "files such as NAME.mat or NAME.jpg.part lie in the folder, and they are no photographs: "
        "look at the end of the name",
        got=f"{len(found)} pairs",
        expected=f"{len(names)} pairs",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_hidden_files_left_out(student, rng):
    """Files such as ._NAME.png are left out."""
    names = file_names(rng)
    notes = {f"._{name}.png": b"\x00\x05\x16\x07AppleDouble" for name in names[:3]}
    found = listed(student, pair_folders(student, rng, names, trimaps=notes))

    expect(
        not any(part.startswith(".") for pair in found for part in pair),
        "._NAME.png is no mask, though it ends in .png: names with a dot in front are hidden files",
    )
    expect(
        set(found) == set(wanted(names)),
        "hidden files (._NAME.png) lie between the masks and have disturbed the pairing",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_paths_include_the_folder(student, rng):
    """The paths include the folder, so that the files can be opened."""
    folders = pair_folders(student, rng, file_names(rng))
    found = pair_texts(with_path(student, "list_pairs", *folders))

    expect(found, "the list is empty")
    expect(
        all("/" in path for pair in found for path in pair),
        "these are bare file names: without the folder nobody can open them",
    )
    expect(
        all(student.exists(path) for pair in found[:3] for path in pair),
        "some of these paths lead nowhere",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_pairs_are_tuples(student, rng):
    """The result is a list of tuples, the photograph first."""
    value = with_path(student, "list_pairs", *pair_folders(student, rng, file_names(rng)))
    pairs = pair_texts(value)

    expect(pairs, "the list is empty")
    expect(isinstance(value, list), "return a list", got=type(value).__name__, expected="list")
    expect(
        all(isinstance(entry, tuple) for entry in value),
        "each pair should be a tuple",
        got=type(value[0]).__name__,
        expected="tuple",
    )
    expect(
        all(image.endswith(".jpg") and trimap.endswith(".png") for image, trimap in pairs),
        "the photograph comes first in each pair, its mask second",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_folders_as_text(student, rng):
    """Folders may be given as str as well as Path."""
    names = file_names(rng)
    folders = pair_folders(student, rng, names)
    as_text = pair_texts(student.call("list_pairs", *folders))
    as_path = pair_texts(with_path(student, "list_pairs", *folders))

    expect(as_text, "the list is empty")
    expect(as_text == as_path, "folders given as str and as Path should give the same pairs")
