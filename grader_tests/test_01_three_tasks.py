"""Hidden checks of assignment 01: the right task, the right head, and masks, boxes and animals."""

import unicodedata

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

# Runs beside the student's function and tells whether it raised: one expression cannot catch.
CATCHING = """
def attempt(function, *arguments):
    try:
        function(*arguments)
    except NotImplementedError:
        raise
    except Exception:
        return "raised"
    return "returned"
"""


def plain(text):
    """Reduce a text to its bare letters: no capitals, accents, spaces or hyphens."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def is_whole(value):
    """Tell whether a value is one whole number, of whatever type."""
    if isinstance(value, bool | np.bool_):
        return False
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf" and float(value) % 1 == 0
    return isinstance(value, int | float | np.integer | np.floating) and float_of(value) % 1 == 0


def float_of(value):
    """Return a number as a float; infinite where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")


# choose_tasks --------------------------------------------------------------------------------

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


# output_head ---------------------------------------------------------------------------------


def raw_head(student, task, num_classes):
    """Call `output_head` and return its three parts as they came."""
    value = student.call("output_head", task, num_classes)
    expect(value is not None, f"nothing came back for {task!r}: is there a return on every way?")
    expect(
        isinstance(value, list | tuple) and len(value) == 3,
        f"{task!r}: return three things, (units, activation, loss)",
        got=type(value).__name__,
    )
    return value


def head(student, task, num_classes):
    """Return units, activation and loss in whatever order they came; the order has its check."""
    value = raw_head(student, task, num_classes)
    words = [plain(part) for part in value if isinstance(part, str)]
    units = [part for part in value if is_whole(part)]
    losses = [word for word in words if word.endswith("crossentropy")]
    activations = [word for word in words if not word.endswith("crossentropy")]
    expect(
        units or (losses and activations),
        f"{task!r}: expected a whole number and two names, in quotation marks",
    )
    return (
        float_of(units[0]) if units else None,
        activations[0] if activations else None,
        losses[0] if losses else None,
    )


def two_counts(rng):
    """Draw two different numbers of classes, both above 2."""
    return [int(count) for count in rng.permutation(np.arange(3, 60))[:2]]


@pytest.mark.cell("01-output-head", points=1)
def test_parts_in_order(student, rng):
    """Units come first, the activation second, the loss third."""
    for task, count in (("single-label", two_counts(rng)[0]), ("binary", 2)):
        units, activation, loss = raw_head(student, task, count)
        expect(is_whole(units), "the number of units comes first, a whole number")
        expect(
            isinstance(activation, str) and isinstance(loss, str),
            "the activation and the loss are names, as text",
        )
        expect(
            plain(loss).endswith("crossentropy") and not plain(activation).endswith("crossentropy"),
            "the activation comes second and the loss third",
        )


@pytest.mark.cell("01-output-head", points=2)
def test_one_unit_for_each_class(student, rng):
    """There are as many units as classes."""
    for task in ("single-label", "multi-label", "segmentation"):
        for count in two_counts(rng):
            units, *_ = head(student, task, count)
            expect(
                units == count,
                f"{task!r}: one number for each class is needed, neither more nor fewer",
                got=f"{units} units",
                expected=f"{count} units",
            )


@pytest.mark.cell("01-output-head", points=1)
def test_one_unit_for_cat_or_dog(student):
    """One unit answers a question with two outcomes."""
    units, *_ = head(student, "binary", 2)

    expect(
        units == 1,
        "'binary': the probability of 'cat' follows from that of 'dog', so a smaller head will do",
        got=f"{units} units",
    )


@pytest.mark.cell("01-output-head", points=2)
def test_classes_compete_where_one_applies(student, rng):
    """Where exactly one class applies, the probabilities add up to 1."""
    for task in ("single-label", "segmentation"):
        _, activation, _ = head(student, task, two_counts(rng)[0])
        expect(
            activation == "softmax",
            f"{task!r}: exactly one class is right, so the probabilities should share a cake of 1",
            got=activation,
        )


@pytest.mark.cell("01-output-head", points=2)
def test_labels_do_not_compete(student, rng):
    """Where several classes may apply, each probability stands by itself."""
    _, activation, _ = head(student, "multi-label", two_counts(rng)[0])

    expect(
        activation == "sigmoid",
        "'multi-label': a picture with a dog may show a cat as well, so one class must not take "
        "away from another",
        got=activation,
    )


@pytest.mark.cell("01-output-head", points=1)
def test_single_unit_can_say_no(student):
    """The single unit of the binary head gives any probability from 0 to 1."""
    _, activation, _ = head(student, "binary", 2)

    expect(
        activation == "sigmoid",
        "'binary': the probabilities of softmax add up to 1, so a single one of them is always 1",
        got=activation,
    )


@pytest.mark.cell("01-output-head", points=2)
def test_loss_for_whole_number_targets(student, rng):
    """Targets that are whole numbers get the loss that takes whole numbers."""
    for task in ("single-label", "segmentation"):
        _, _, loss = head(student, task, two_counts(rng)[0])
        expect(
            loss != "categoricalcrossentropy",
            f"{task!r}: this loss wants one-hot rows, and the targets are whole numbers",
            got=loss,
        )
        expect(
            loss == "sparsecategoricalcrossentropy",
            f"{task!r}: the targets are whole numbers, places of the right class among all",
            got=loss,
        )


@pytest.mark.cell("01-output-head", points=2)
def test_loss_for_yes_or_no_targets(student, rng):
    """Targets of zeros and ones get the loss that judges each number by itself."""
    for task, count in (("multi-label", two_counts(rng)[0]), ("binary", 2)):
        _, _, loss = head(student, task, count)
        expect(
            loss == "binarycrossentropy",
            f"{task!r}: the targets are zeros and ones, each of them a yes or a no by itself",
            got=loss,
        )


@pytest.mark.cell("01-output-head", points=1)
def test_two_labels_are_two_questions(student):
    """Two labels that may both apply need two units."""
    units, *_ = head(student, "multi-label", 2)

    expect(
        units == 2,
        "'multi-label' with two classes: both may be on the picture, or neither, and one number "
        "cannot say that",
        got=f"{units} units",
    )


# multi_hot -----------------------------------------------------------------------------------

# Places of the labels among six classes. Sorting turns the classes around, so that none of these
# sets may be its own mirror image; nor may it be the first places.
PLACES = ((0, 1, 3), (1, 2, 5), (0, 3, 4), (2, 4, 5))


def words(rng, count=6):
    """Invent class names in the reverse of their sorted order."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    found = {"".join(rng.choice(letters, 5)) for _ in range(3 * count)}
    return sorted(found, reverse=True)[:count]


def raw_row(value):
    """Return a reply as an array of numbers, whatever its shape; a list will do."""
    expect(value is not None, "nothing came back: does the function return the row?")
    if isinstance(value, list | tuple):
        plain_numbers = all(isinstance(n, int | float | np.number | np.bool_) for n in value)
        expect(plain_numbers, "the row should hold numbers")
        value = np.array([min(max(float_of(n), -1e9), 1e9) for n in value])
    array = expect_array(value, name="the row")
    expect(array.dtype.kind in "biuf", "the row should hold numbers", got=str(array.dtype))
    return array.astype(float)


def row(student, labels, classes):
    """Call `multi_hot`; a table of one row for each label counts as the rows on each other."""
    array = raw_row(student.call("multi_hot", labels, classes))
    if array.ndim == 2 and array.shape[-1] == len(classes):
        array = array.max(axis=0, initial=0)
    expect(
        array.shape == (len(classes),),
        "one number for each class is expected",
        got=array.shape,
        expected=(len(classes),),
    )
    return array


def multi_hot_row(classes, labels):
    """Return the right row."""
    return np.array([float(name in labels) for name in classes])


@pytest.mark.cell("01-multi-hot", points=1)
def test_one_row_a_picture(student, rng):
    """The result is a NumPy array with one place for each class."""
    classes = words(rng)
    value = student.call("multi_hot", [classes[1], classes[4]], classes)
    array = raw_row(value)

    expect(
        array.shape == (6,),
        "one picture has one row, with a place for each class, however many labels it has",
        got=array.shape,
        expected=(6,),
    )
    expect(
        isinstance(value, np.ndarray),
        "return a NumPy array",
        got=type(value).__name__,
        expected="ndarray",
    )


@pytest.mark.cell("01-multi-hot", points=2)
def test_ones_in_the_order_of_the_classes(student, rng):
    """Ones stand at the places of the labels, in the order of the classes given."""
    for places in PLACES:
        classes = words(rng)
        labels = [classes[place] for place in rng.permutation(places)]
        found = row(student, labels, classes)
        right = multi_hot_row(classes, labels)
        expect(
            np.array_equal(np.sort(found), np.sort(right)),
            "a place should hold 1 if its class is on the picture, and 0 if it is not",
        )
        expect(
            np.array_equal(found, right),
            "the ones stand at other places: the order is that of `classes` as given, not the "
            "alphabet's and not that of the labels",
        )


@pytest.mark.cell("01-multi-hot", points=1)
def test_label_named_twice(student, rng):
    """A label that is named twice gives 1."""
    classes = words(rng)
    found = row(student, [classes[4], classes[1], classes[4]], classes)

    expect(
        found.max(initial=0) <= 1,
        "a label that is named twice gives 2: the row says whether, not how often",
    )
    expect(
        np.sum(found == 1) == 2,
        "a label that is named twice comes out wrong: its class is on the picture",
    )


@pytest.mark.cell("01-multi-hot", points=1)
def test_no_labels(student, rng):
    """A picture without labels has a row of zeros."""
    classes = words(rng)
    found = row(student, [], classes)
    expect(row(student, classes[2:3], classes).any(), "a picture with a label has zeros only")

    expect(
        not found.any(), "there is nothing on this picture, so every place should be 0", got=found
    )


@pytest.mark.cell("01-multi-hot", points=1)
def test_unknown_label_is_refused(student, rng):
    """A label that is not among the classes is an error."""
    classes = words(rng)
    row(student, [classes[1]], classes)
    end = student.evaluate(
        "exec(code, space) or space['attempt'](multi_hot, labels, classes)",
        code=CATCHING,
        space={},
        labels=[classes[1], classes[2] + "x"],
        classes=classes,
    )

    expect(
        end == "raised",
        "a label that is not among the classes was lost silently: a misspelt label in the data "
        "would never be noticed",
    )


# semantic_to_instances -----------------------------------------------------------------------


def read_instances(value):
    """Return numbers and count, in whatever order they came; the order has its own check."""
    expect(value is not None, "nothing came back: does the function return a pair?")
    expect(
        isinstance(value, list | tuple) and len(value) == 2,
        "return a pair: the array of numbers and the count",
        got=type(value).__name__,
    )
    ids, count = value
    if isinstance(count, np.ndarray) and count.ndim and not isinstance(ids, np.ndarray):
        ids, count = count, ids
    ids = expect_array(ids, name="the array of numbers")
    expect(ids.dtype.kind in "iuf", "the numbers should be whole numbers", got=str(ids.dtype))
    finite = np.all(np.isfinite(ids.astype(float)))
    expect(finite and np.all(ids % 1 == 0), "the numbers should be whole numbers")
    return ids.astype(float), count


def instances(student, mask, label):
    """Call `semantic_to_instances` and return the numbers and the count."""
    ids, count = read_instances(student.call("semantic_to_instances", mask, label))
    expect(
        ids.shape == mask.shape,
        "the numbers should have the shape of the mask",
        got=ids.shape,
        expected=mask.shape,
    )
    return ids, count


def spread(rng, height=26, width=36, cell=9):
    """Draw a mask of rectangles that lie apart, and the same with a number for each of them."""
    numbers = np.zeros((height, width), dtype=int)
    corners = [(y, x) for y in range(0, height - cell, cell) for x in range(0, width, cell)]
    picked = rng.permutation(len(corners))[: int(rng.integers(4, 7))]
    for number, place in enumerate(picked, start=1):
        y, x = corners[place]
        tall, wide = (int(n) for n in rng.integers(2, cell - 1, 2))
        numbers[y + 1 : y + 1 + tall, x + 1 : x + 1 + wide] = number
    return (numbers > 0).astype("uint8"), numbers


def expect_parts(ids, truth, message):
    """Fail unless two arrays of numbers say the same, whatever the numbers are."""
    expect(np.array_equal(ids > 0, truth > 0), f"{message}: zeros stand where numbers should, or "
           "numbers where zeros should")  # fmt: skip
    pairs = {(a, b) for a, b in zip(ids.ravel().tolist(), truth.ravel().tolist(), strict=True)}
    firsts, seconds = {a for a, _ in pairs}, {b for _, b in pairs}
    expect(len(pairs) <= len(firsts), f"{message}: several components have got the same number")
    expect(len(pairs) <= len(seconds), f"{message}: one component has got several numbers")


@pytest.mark.cell("01-semantic-to-instances", points=2)
def test_regions_apart(student, rng):
    """Regions that lie apart get a number each."""
    for _ in range(2):
        mask, truth = spread(rng)
        ids, _ = instances(student, mask, 1)
        expect_parts(ids, truth, "rectangles that lie apart")


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_count_of_components(student, rng):
    """The count is the number of components."""
    for _ in range(2):
        mask, truth = spread(rng)
        _, count = instances(student, mask, 1)
        expect(is_whole(count), "the count should be one whole number", got=type(count).__name__)
        expect(
            float_of(count) == truth.max(),
            "the count is not the number of components: it counts neither the background nor "
            "pixels, and begins at 1",
            got=f"{float_of(count):g}",
            expected=int(truth.max()),
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_array_first_count_second(student, rng):
    """The array comes first and the count second."""
    mask, _ = spread(rng)
    value = student.call("semantic_to_instances", mask, 1)
    read_instances(value)

    expect(
        isinstance(value[0], np.ndarray) and value[0].ndim == 2,
        "the array of numbers comes first, the count second",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_numbers_from_one_without_gaps(student, rng):
    """The components are numbered 1, 2, 3 and so on, none left out."""
    mask, _ = spread(rng)
    ids, _ = instances(student, mask, 1)
    found = sorted(set(ids[mask == 1].tolist()))

    expect(
        found == list(range(1, len(found) + 1)),
        "the components should have the numbers 1, 2, 3 and so on, with none left out",
        got=str([int(number) for number in found[:8]]),
    )


@pytest.mark.cell("01-semantic-to-instances", points=2)
def test_winding_regions(student, rng):
    """A region that winds, or branches, is one component."""
    comb = np.zeros((14, 17), dtype="uint8")
    comb[11:13, 1:16] = 1
    for tooth in range(1, 16, 2 + int(rng.integers(0, 2))):
        comb[2:12, tooth] = 1
    spiral = np.zeros((15, 15), dtype="uint8")
    spiral[1, 1:14] = spiral[1:14, 13] = spiral[13, 1:14] = spiral[3:14, 1] = 1
    spiral[3, 1:12] = spiral[3:12, 11] = spiral[11, 3:12] = spiral[5:12, 3] = 1
    for mask in (comb, spiral):
        for turn in range(4):
            turned = np.ascontiguousarray(np.rot90(mask, turn))
            ids, _ = instances(student, turned, 1)
            expect_parts(
                ids, turned, "a region that winds, so that its parts meet in a roundabout way"
            )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_corners_do_not_join(student, rng):
    """Pixels that only touch at a corner are not neighbours."""
    y, x = (int(n) for n in rng.integers(1, 6, 2))
    truth = np.zeros((16, 16), dtype=int)
    truth[y : y + 3, x : x + 4] = 1
    truth[y + 3 : y + 6, x + 4 : x + 7] = 2
    for numbers in (truth, np.ascontiguousarray(truth[:, ::-1])):
        ids, _ = instances(student, (numbers > 0).astype("uint8"), 1)
        joined = len(set(ids[numbers > 0].tolist())) == 1
        expect(
            not joined,
            "two rectangles that only touch at a corner have become one: neighbours share a side",
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_edges_do_not_join(student, rng):
    """The left edge is no neighbour of the right one, nor the upper of the lower."""
    first, last = 2 + int(rng.integers(0, 3)), 9 + int(rng.integers(0, 3))
    sides = np.zeros((14, 20), dtype=int)
    sides[first:last, :3], sides[first:last, -4:] = 1, 2
    for numbers in (sides, np.ascontiguousarray(sides.T)):
        ids, _ = instances(student, (numbers > 0).astype("uint8"), 1)
        joined = len(set(ids[numbers > 0].tolist())) == 1
        expect(
            not joined,
            "a region at one edge of the picture and one at the opposite edge have become one: "
            "index -1 is the last column, so look before you step over the edge",
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_only_the_class_asked_for(student, rng):
    """Other classes get no number and join nothing."""
    mask = np.zeros((16, 30), dtype="uint8")
    y = int(rng.integers(2, 8))
    mask[y : y + 4, 3:9], mask[y : y + 4, 9:15], mask[y : y + 4, 15:21] = 2, 1, 2
    mask[y : y + 4, 25:28] = 3
    ids, _ = instances(student, mask, 2)

    expect(
        not ids[mask != 2].any(),
        "pixels of other classes have got numbers: only pixels equal to `label` count",
    )
    expect(ids[mask == 2].all(), "pixels of the class asked for have got no number")
    expect(
        set(ids[:, :9].ravel()) & set(ids[:, 15:].ravel()) == {0},
        "two regions have become one through a third one of another class",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_components_of_label_zero(student, rng):
    """Zero is a label like any other."""
    mask, _ = spread(rng)
    ids, _ = instances(student, 1 - mask, 0)
    same, _ = instances(student, mask, 1)
    expect(np.any(same > 0), "a class that does occur has got no number")

    expect(
        np.array_equal(ids > 0, same > 0),
        "the components of label 0 are other pixels than those equal to 0: is 0 taken for 'no "
        "label', or for 'visited already'?",
    )
    expect(
        len(np.unique(ids)) == len(np.unique(same)),
        "label 0 has another number of components than the same pixels with label 1",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_large_region(student, rng):
    """A region of several thousand pixels is one component."""
    mask = np.zeros((70, 90), dtype="uint8")
    y, x = (int(n) for n in rng.integers(1, 4, 2))
    mask[y : y + 64, x : x + 84] = 1
    ids, _ = instances(student, mask, 1)

    expect(np.any(ids > 0), "a large region has got no number")
    expect(
        len(set(ids[mask == 1].tolist())) == 1,
        "a large region has fallen into pieces: does the search stop too early?",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_hundreds_of_components(student, rng):
    """Hundreds of components get hundreds of numbers."""
    mask = np.zeros((40, 50), dtype="uint8")
    mask[1:39:2, 1:49:2] = rng.random((19, 24)) < 0.9
    ids, _ = instances(student, mask, 1)

    expect(
        len(np.unique(ids[mask == 1])) == mask.sum(),
        "several hundred components share their numbers: uint8 starts again after 255",
        got=f"{len(np.unique(ids[mask == 1]))} numbers",
        expected=f"{int(mask.sum())} numbers",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_mask_is_left_alone(student, rng):
    """The mask that was passed in stays as it was."""
    mask, _ = spread(rng)
    reply = student.evaluate("(lambda m: (semantic_to_instances(m, 1), m))(mask)", mask=mask)
    fits = isinstance(reply, tuple) and len(reply) == 2
    after = reply[1] if fits else None
    ids, _ = read_instances(reply[0] if fits else None)
    expect(np.any(ids > 0), "no pixel has got a number")

    expect(
        isinstance(after, np.ndarray) and np.array_equal(after, mask),
        "the mask has been changed: mark visited pixels in an array of your own",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_class_that_does_not_occur(student, rng):
    """A class that does not occur has no component."""
    mask, _ = spread(rng)
    ids, count = instances(student, mask, 5)
    expect(np.any(instances(student, mask, 1)[0] > 0), "a class that does occur has got no number")

    expect(not ids.any(), "this class does not occur, so every number should be 0")
    expect(
        is_whole(count) and float_of(count) == 0,
        "this class does not occur, so the count should be 0",
        got=str(count)[:40],
    )
