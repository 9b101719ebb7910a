"""Every number that the text of a notebook quotes, with the program that gives it.

Most come from the outputs of the executed reference (`told`); a test elsewhere makes sure that
these belong to the source. The others are worked out here.
"""

import functools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
FIGURE = re.compile(r"\d+(?:,\d{3})+|\d+\.?\d*(?:e-?\d+)?")


@dataclass(frozen=True)
class Quote:
    """A piece of text with numbers, and what gives these numbers, in their order.

    Attributes
    ----------
    assignment
        Number of the notebook that holds the text.
    text
        As it stands there, but for white space.
    values
        Gives a value for each number of the text; of a percentage the fraction.
    """

    assignment: str
    text: str
    values: Callable[[], Sequence[float]]


@functools.cache
def outputs(assignment: str, cell: str) -> str:
    """Return what a cell of the executed reference has printed, alternative texts included."""
    (path,) = SOLUTIONS.glob(f"{assignment}_*/*.ipynb")
    (found,) = [c for c in json.loads(path.read_text())["cells"] if c["id"] == cell]
    parts = [part.get("text") or part["data"]["text/plain"] for part in found["outputs"]]
    return "\n".join("".join(part) for part in parts)


def told(assignment: str, cell: str, *patterns: str) -> Callable[[], list[float]]:
    """Return a function that finds numbers in the outputs of a cell, one for each pattern.

    A pattern is regular; `#` stands for the number. A percentage is given as its fraction.
    """

    def find() -> list[float]:
        text = outputs(assignment, cell)
        found = []
        for pattern in patterns:
            match = re.search(pattern.replace("#", rf"({FIGURE.pattern})(%?)"), text)
            assert match, f"{assignment}, {cell}: no {pattern!r} in {text!r}"
            value = float(match[1].replace(",", ""))
            found.append(value / 100 if match[2] else value)
        return found

    return find


def together(*parts: Callable[[], list[float]]) -> Callable[[], list[float]]:
    """Join the numbers of several functions."""
    return lambda: [value for part in parts for value in part()]


def fading() -> list[float]:
    """Say how many times smaller the gradient is in the deepest plain stack of 05."""
    (share,) = told("05", "gradients", r"plain +32 layers: +#")()
    return [1 / share]


def on_pet() -> list[float]:
    """Return the smallest and the largest fraction of heat on the pet among the layers of 06."""
    found = told("06", "belief", *(f"conv{n} +#" for n in (1, 2, 3, 4)))()
    return [min(found), max(found)]


BYTES = 7390 * 200 * 200 * 3

QUOTES = (
    Quote(
        "01",
        "2 numbers, 15, and 104,000",
        told(
            "01",
            "three-tasks-figure",
            "classification: +#",
            "detection: +#",
            "segmentation: +#",
        ),
    ),
    Quote(
        "01",
        "Softmax gives the cat 0.50 and sigmoid 0.98; with nothing in the picture softmax still "
        "gives 0.33 to each of the three, and sigmoid 0.05",
        told(
            "01",
            "activations",
            "softmax gives # to each of the two",
            "the two and sigmoid # to each",
            "softmax gives # to every class",
            r"every class and sigmoid #\.",
        ),
    ),
    Quote(
        "01",
        "**Answer.** 0.33, 0.25, 0 and 0.",
        told(
            "01",
            "iou-answers",
            "half of .* IoU #",
            "one inside .* IoU #",
            "side by .* IoU #",
            "far apart .* IoU #",
        ),
    ),
    Quote(
        "01",
        "2 components of cats for 3 cats, and 2 of dogs for 1 dog",
        told(
            "01",
            "found-animals",
            r"crowd\s+class cat: \d+ in the picture, #",
            r"crowd\s+class cat: #",
            r"crowd\s+class cat: .*\s+class dog: \d+ in the picture, #",
            r"crowd\s+class cat: .*\s+class dog: #",
        ),
    ),
    Quote("02", "8 breeds of 37", told("02", "sorted-tail", "sorted: +#", "photographs: +#")),
    Quote("02", "3.5 GB, and 7.1 GB", lambda: (4 * BYTES / 1e9, 8 * BYTES / 1e9)),
    Quote(
        "02",
        "they have 60%, 31% and 8% of the pixels",
        told("02", "own-prior", "background #", "pet #", "contour #"),
    ),
    Quote("02", "for each pixel, about 1.1", lambda: [np.log(3)]),
    Quote(
        "02",
        "Less: 0.87 in place of 1.10",
        told("02", "bar-to-beat", "of the data: +loss #", "every class: +loss #"),
    ),
    Quote("02", "the number there (0.869)", told("03", "prior", "classes are +#")),
    Quote("02", "not quite this one (0.874)", told("02", "bar-to-beat", "of the data: +loss #")),
    Quote("02", "photographs, 0.773", told("03", "prior", "at each position #")),
    Quote("03", "Some thousands: 1,792", lambda: [(3 * 3 * 3 + 1) * 64]),
    Quote("03", "256 channels: 160,000 numbers", lambda: (256, 25 * 25 * 256)),
    Quote("03", "which is 120,000", lambda: [200 * 200 * 3]),
    Quote("03", "is 1.099", lambda: [np.log(3)]),
    Quote("03", "may well be 0.00", told("03", "scores", r"your best model +\S+ +\S+ +\S+ +#")),
    Quote("03", "right for 61% of the pixels", told("03", "scores", "everywhere +#")),
    Quote("04", "that is 1.24 times the work", told("04", "multiplications", "takes # times")),
    Quote(
        "04",
        "lay 0.009 apart, and runs of one and the same way up to 0.048",
        told("04", "conclusions", r"mean IoU +[\d.]+ +[\d.]+ +#", r"mean IoU +(?:[\d.]+ +){3}#"),
    ),
    Quote("05", "is about 140,000 times smaller", fading),
    Quote("05", "the gradient is smaller: 140,000", fading),
    Quote("05", "Near 0.3, at 0.29", lambda: [3 * (1 - 0.99**10)] * 2),
    Quote("05", "still has a weight of 90%", told("05", "moving-run", "has a weight of #")),
    Quote(
        "05",
        "4,672 in place of 36,864",
        told("05", "separable-savings", r"64 +3 x 3 +[\d,]+ +#", "64 +3 x 3 +#"),
    ),
    Quote(
        "05",
        "parameters most: 0.16 of them",
        told("05", "ablation-reading", "separable .* x # +time"),
    ),
    Quote(
        "05",
        "went from 0.529 to 0.083 there",
        told("05", "ablation-reading", "normalisation .*loss # ->", "normalisation .*-> #"),
    ),
    Quote(
        "05",
        "0.260 and 0.433 with normalisation, 0.291 and 0.723 with separable",
        told(
            "05",
            "modes",
            "normalisation +#",
            "normalisation +[0-9.]+ +#",
            "separable +#",
            "separable +[0-9.]+ +#",
        ),
    ),
    Quote("06", "3.6 for each value", lambda: [800 / np.sqrt(128 * 128 * 3)]),
    Quote("06", "3 = 49,152", lambda: (3, 128 * 128 * 3)),
    Quote("06", "800 is 3.6 times", lambda: (800, 800 / np.sqrt(128 * 128 * 3))),
    Quote(
        "06",
        "has 40% of the picture, and 72% of the trained",
        told("06", "belief", "of the picture +#", "heat, trained +#"),
    ),
    Quote("06", "heat it has 37%", told("06", "belief", "heat, random weights +#")),
    Quote("06", "come out alike, 69% to 73%", on_pet),
)

# Numbers that are no result: what an exercise or an agreement sets, and what others have published.
GIVEN = (
    ("01", 'the probability of "dog" is 0.8'),
    ("01", "from 0.5 on"),
    ("01", "is not at 0.5"),
    ("01", "get 0.5 or something above"),
    ("01", "still far from 0.5"),
    ("01", "every class above 0.5"),
    ("01", "can be above 0.5"),
    ("01", "an IoU of 0.6"),
    ("02", "7,390 photographs in two archives, 0.8 GB"),
    ("02", "7,390 photographs (the original data set)"),
    ("03", "A loss of 0.5"),
    ("03", "validation loss 0.6 after one epoch"),
    ("05", "the momentum is 0.99"),
    ("05", "near 3, near 1.5, or near 0.3"),
    ("05", "gets the weight 0.99"),
    ("05", "with a rate of 0.5"),
)
