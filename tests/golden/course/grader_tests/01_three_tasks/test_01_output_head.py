"""Hidden checks of exercise 01-output-head."""

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import float_of, is_whole, plain


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
