"""What the notebooks say in words is so: answers, numbers, minutes, folded programs."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from quoted import GIVEN, QUOTES

from pawmark.grading.course_folder import assignments

ROOT = Path(__file__).resolve().parents[2]
NAMES = assignments(ROOT)
QUESTION = re.compile(r"\*\*(Predict first|Think)\.\*\*")
ANSWER = re.compile(r"\*\*Answer\.\*\*|<summary>Answer")
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+%?|\d+\.\d+%?|\d+%?")
# A number that sounds like a result: a fraction, a percentage, or one of thousands.
TELLING = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+|\d+%")
NO_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)|CC BY(-SA)? 4\.0"
    r"|^\*\*How points are given.*?$|^\| \*\*Time.*?$",
    re.DOTALL | re.MULTILINE,
)
FOLDED_PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)


def load_minutes():
    """Import the script that works out the minutes."""
    spec = importlib.util.spec_from_file_location("minutes", ROOT / "scripts" / "minutes.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["minutes"] = module
    spec.loader.exec_module(module)
    return module


minutes = load_minutes()


def source(name):
    """Return the path of a source notebook."""
    return ROOT / "source" / name / f"{name}.ipynb"


def markdown(name):
    """Return the text of each Markdown cell."""
    cells = json.loads(source(name).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


@pytest.mark.parametrize("name", NAMES)
def test_every_question_gets_its_answer(name):
    """After each "Predict first" and "Think", and before the next one, stands an answer."""
    text = minutes.UNGRADED.sub("", "\n\n".join(markdown(name)))
    marks = sorted(
        [(found.start(), "question", found) for found in QUESTION.finditer(text)]
        + [(found.start(), "answer", found) for found in ANSWER.finditer(text)]
    )
    kinds = [kind for _, kind, _ in marks] + ["question"]
    unanswered = [
        text[mark[0] : mark[0] + 120]
        for mark, after in zip(marks, kinds[1:], strict=True)
        if mark[1] == "question" and after == "question"
    ]

    assert kinds.count("question") > 3
    assert unanswered == []


@pytest.mark.parametrize("name", NAMES)
def test_minutes_are_those_that_reading_coding_and_running_take(name):
    """The first table tells the minutes that scripts/minutes.py works out."""
    assert minutes.row(source(name)) in "\n".join(markdown(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_runs_within_two_minutes(name):
    """On two cores, under `quick`, none of them took longer than 120 seconds in the benchmark."""
    assert minutes.seconds(name) <= 120


def test_folded_transposed_convolution_is_that_of_keras():
    """The answer that 04 folds away does what Keras' transposed convolution does."""
    from keras import ops

    (program,) = FOLDED_PROGRAM.findall("\n".join(markdown("04_pooling_vs_stride")))
    space = {"np": np}
    exec(program, space)
    rng = np.random.default_rng(0)
    for side, stride in ((3, 2), (4, 2), (2, 2), (5, 3), (1, 2)):
        x, kernel = rng.normal(size=(4, 5)), rng.normal(size=(side, side))
        expected = ops.conv_transpose(x[None, ..., None], kernel[..., None, None], stride, "same")

        assert np.allclose(
            space["transposed_conv"](x, kernel, stride), expected[0, ..., 0], atol=1e-5
        )


def test_folded_separable_convolution_is_that_of_keras(capsys):
    """The answer that 05 folds away runs, and says that it agrees with Keras."""
    from keras import layers

    (program,) = FOLDED_PROGRAM.findall("\n".join(markdown("05_architecture_patterns")))
    exec(program, {"np": np, "layers": layers})

    assert float(capsys.readouterr().out.split()[-1]) < 1e-5


def plain(text):
    """Return a text with single blanks for all white space, and without the marks of quotations."""
    return re.sub(r"\s+(> )?", " ", text)


def agrees(quoted, value):
    """Tell whether a value, rounded as the quoted number is, gives that number."""
    digits = quoted.rstrip("%").replace(",", "")
    value = 100 * value if quoted.endswith("%") else value
    if len(digits) > 3 and digits.endswith("000"):  # said with "about"
        return float(f"{value:.2g}") == float(f"{float(digits):.2g}")
    decimals = len(digits.partition(".")[2])
    return abs(value - float(digits)) <= 0.5 * 10**-decimals + 1e-9


def name_of(number):
    """Return the full name of an assignment."""
    (name,) = [name for name in NAMES if name.startswith(number)]
    return name


@pytest.mark.parametrize(
    "quote", QUOTES, ids=lambda quote: f"{quote.assignment}: {quote.text[:40]}"
)
def test_quoted_numbers_are_what_a_program_gives(quote):
    """Each number in the text is computed again, and agrees to its last digit."""
    numbers, values = NUMBER.findall(quote.text), list(quote.values())

    assert plain(quote.text) in plain("\n\n".join(markdown(name_of(quote.assignment))))
    assert len(numbers) == len(values)
    for number, value in zip(numbers, values, strict=True):
        assert agrees(number, value), f"{quote.text!r}: {number} is quoted, and it is {value}"


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_quoted_without_a_program(name):
    """Whatever sounds like a result is in the table of quotes, or among what is given."""
    text = plain(NO_PROSE.sub(" ", "\n\n".join(markdown(name))))
    known = [quote.text for quote in QUOTES if name.startswith(quote.assignment)]
    known += [words for number, words in GIVEN if name.startswith(number)]
    for words in map(plain, known):
        assert words in text, f"no longer in {name}: {words!r}"
        text = text.replace(words, " ")
    found = [text[max(0, m.start() - 60) : m.end() + 20] for m in TELLING.finditer(text)]

    assert found == []


def terms():
    """Return the rows of the glossary: English, Hungarian, meaning, assignment."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_glossary_is_in_order_and_whole():
    """Each row has four cells, and the words are in the order of the alphabet."""
    words = [row[0].lower() for row in terms()]

    assert all(len(row) == 4 and all(row) for row in terms())
    assert words == sorted(words)


@pytest.mark.parametrize("row", terms(), ids=lambda row: row[0])
def test_words_of_the_glossary_stand_in_their_notebook(row):
    """The assignment that a row names uses the word."""
    cells = json.loads(source(name_of(row[3])).read_text(encoding="utf-8"))["cells"]
    text = plain("\n".join("".join(cell["source"]) for cell in cells)).lower()
    word = re.split(r"[,(]", row[0].lower())[0].strip()

    assert word in text


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_leads_to_the_glossary(name):
    """The first cell links to the glossary, where it lies."""
    target = re.search(r"\]\((\S*glossary\S*)\)", markdown(name)[0])[1]

    assert (source(name).parent / target).resolve() == ROOT / "docs" / "glossary.md"


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_names_what_to_read_next(name):
    """Near its end each notebook has a list for further reading."""
    assert re.search(r"^## Further reading\n\n- ", "\n\n".join(markdown(name)), re.MULTILINE)
