"""Hidden checks of 01-output-head: units, activation and loss of four tasks, each by itself."""

from hypothesis import strategies as st

from pawmark.checks import Item, Items

from .replies import float_of, is_whole, plain

COMPETE = "exactly one class is right, so the probabilities should share a cake of 1"
WHOLE = "the targets are whole numbers, places of the right class among all"
YES_OR_NO = "the targets are zeros and ones, each of them a yes or a no by itself"
SPARSE, BINARY = "sparsecategoricalcrossentropy", "binarycrossentropy"

# By task: activation, loss, and why.
HEADS = {
    "single-label": ("softmax", SPARSE, COMPETE, WHOLE),
    "multi-label": (
        "sigmoid",
        BINARY,
        "a picture with a dog may show a cat as well, so one class must not take away from another",
        YES_OR_NO,
    ),
    "binary": (
        "sigmoid",
        BINARY,
        "the one unit should say a probability of its own, any from 0 to 1: that of softmax, with "
        "one unit, is always 1",
        YES_OR_NO,
    ),
    "segmentation": ("softmax", SPARSE, COMPETE, WHOLE),
}


def is_triple(answer):
    """Tell whether an answer holds three things."""
    return isinstance(answer, list | tuple) and len(answer) == 3


def units(answer, task, num_classes):
    """Accept the right number of units, or say why another is wrong."""
    if not is_triple(answer):
        return "return three things, (units, activation, loss)"
    if not is_whole(answer[0]):
        return "the number of units comes first, a whole number"
    found = float_of(answer[0])
    if task == "binary":
        return found == 1 or (
            "the probability of 'cat' follows from that of 'dog', so a smaller head will do: one "
            "number is enough"
        )
    if task == "multi-label" and num_classes == 2 and found == 1:
        return (
            "with two classes both may be on the picture, or neither, and one number cannot say "
            "that"
        )
    return found == num_classes or "one number for each class is needed, neither more nor fewer"


def activation(answer, task, num_classes):
    """Accept the right activation, or say why another is wrong."""
    if not is_triple(answer) or not isinstance(answer[1], str):
        return "the activation comes second: its name, as text"
    right, _, reason, _ = HEADS[task]
    if plain(answer[1]).endswith("crossentropy"):
        return "the activation comes second, and the loss third"
    return plain(answer[1]) == right or reason


def loss(answer, task, num_classes):
    """Accept the right loss, or say why another is wrong."""
    if not is_triple(answer) or not isinstance(answer[2], str):
        return "the loss comes third: its name, as text"
    _, right, _, reason = HEADS[task]
    found = plain(answer[2])
    if not found.endswith("crossentropy"):
        return "the loss comes third, and the activation second"
    if right == SPARSE and found == "categoricalcrossentropy":
        return "this loss wants one-hot rows, and the targets are whole numbers"
    return found == right or reason


def asked(task):
    """Return the strategy of calls for a task; two classes are always among them."""
    counts = st.just(2) if task == "binary" else st.integers(2, 60) | st.integers(61, 5000)
    return st.tuples(st.just(task), counts)


# The losses weigh a little more, so that 5 points fall into numbers that a person would write.
PARTS = (("units", units, 8), ("activation", activation, 8), ("loss", loss, 9))

exercise = Items(
    "01-output-head",
    "output_head",
    [
        Item(f"the {part} for {task!r}", accepts, strategy=asked(task), count=4, points=points)
        for task in HEADS
        for part, accepts, points in PARTS
    ],
)
