"""Numbers and names in what people read: a noun in the right form, one way to write, one order."""

import ast
import itertools
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawmark.wording import by_name, counted, first_line, listed, minutes, plain

SOURCES = Path(__file__).resolve().parents[2] / "src" / "pawmark"
NOUNS = (
    "points|students|submissions|grades|checks|exercises|records|notebooks|cells|questions|rows"
    "|runs|more questions|others"
)
AFTER = re.compile(rf" (?:{NOUNS})\b|(?: more)? (?:are|were) (?:not|graded|left)\b")
# In the templates of pages the number is a name with a filter.
IN_A_PAGE = re.compile(rf"\{{\{{(?! icon)(?:(?!counted)[^{{}}])*\}}\}} (?:<small>)?(?:{NOUNS})\b")
# A constant is known not to be 1.
CONSTANT = re.compile(r"(?:\w+\.)*[A-Z_]{3,}")
# What runs beside student code imports as little as it can; the rest is never of one.
ELSEWHERE = {"visible.py", "figures", "pets", "doctor", "demo.py", "sources.py", "consistency.py"}
ELSEWHERE |= {"migration.py", "regrade.py", "download.py"}


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1, "1"), (1.0, "1"), (2.5, "2.5"), (2.499, "2.5"), (1 / 3, "0.33"), (10, "10"),
     (100, "100"), (-0.001, "0"), (-1.5, "-1.5"), (12345.67, "12345.67"), (1e6, "1000000")],
)  # fmt: skip
def test_numbers_are_written_one_way(number, said):
    """Hundredths at most, no zeros behind, no exponent, no sign of nothing."""
    assert plain(number) == said


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (1, ("point",), "1 point"),
        (0.999, ("point",), "1 point"),
        (0, ("point",), "0 points"),
        (2.5, ("point",), "2.5 points"),
        (1, ("is", "are"), "1 is"),
        (3, ("entry", "entries"), "3 entries"),
    ],
)
def test_a_noun_fits_its_number(number, words, said):
    """What is shown decides: what is rounded to 1 is one."""
    assert counted(number, *words) == said


def test_a_long_list_says_how_many_it_leaves_out():
    """Names up to a number, and then how many more there are."""
    assert listed(["ann", "ben"], 2) == "ann, ben"
    assert listed(["ann", "ben", "cem"], 2) == "ann, ben and 1 more"


def test_an_error_is_told_in_a_line():
    """The first of its lines, or its name: none is without a word."""
    assert first_line(ValueError("it is wrong\nmore")) == "it is wrong"
    assert first_line(KeyboardInterrupt()) == "KeyboardInterrupt"


def test_times_are_minutes_and_seconds():
    """Seconds alone where it is less than a minute."""
    assert [minutes(seconds) for seconds in (0.4, 59.4, 59.6, 125)] == [
        "0 s", "59 s", "1 min 0 s", "2 min 5 s",
    ]  # fmt: skip


def test_no_text_puts_a_plural_behind_any_number():
    """``1 points``: whoever writes a number and a noun uses `counted`."""
    found = [f"{path.name}: {text}" for path, text in (*_of_code(), *_of_pages())]

    assert found == []


def _of_code() -> Iterator[tuple[Path, str]]:
    for path in sorted(SOURCES.rglob("*.py")):
        if ELSEWHERE & set(path.relative_to(SOURCES).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield from ((path, found) for found in _behind_numbers(node))


def _behind_numbers(node: ast.JoinedStr) -> Iterator[str]:
    texts = ["", *(ast.unparse(v) if isinstance(v, ast.FormattedValue) else v.value
                   for v in node.values)]  # fmt: skip
    numbers = [v.value if isinstance(v, ast.FormattedValue) else None for v in node.values]
    for before, number, after in zip(texts, numbers, texts[2:], strict=False):
        if number is None or CONSTANT.fullmatch(shown := ast.unparse(number)):
            continue
        if AFTER.match(after) and not before.endswith("the first "):
            yield f"{{{shown}}}{after}"


def _of_pages() -> Iterator[tuple[Path, str]]:
    for path in sorted(SOURCES.rglob("*.j2")):
        yield from ((path, one) for one in IN_A_PAGE.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "names",
    [
        ["anna", "Árpád", "bela", "Cem", "dóra", "eve", "Zoë"],
        ["lars", "łukasz", "mia", "ola", "Øystein", "peter"],
        ["straß", "Strasse", "strauß"],
        ["a.b", "a_b", "ab"],
        ["", "1", "a"],
        ["žofie", "дмитрий", "яна"],
    ],
)
def test_names_stand_where_people_look_for_them(names):
    """Accents and capitals do not send a name behind z; both ways to write an accent are one."""
    decomposed = [unicodedata.normalize("NFD", name) for name in names]

    for order in (names, decomposed):
        mixed = random.Random(0).sample(order, len(order))
        assert sorted(mixed, key=by_name) == order
    assert by_name("dóra")[0] == by_name("Dora")[0]


def test_names_that_look_alike_have_one_order():
    """However they come: who differs in an accent only is not lost, and not moved about."""
    names = ["dora", "dóra", "Dora", "Dóra"]

    assert len({tuple(sorted(some, key=by_name)) for some in itertools.permutations(names)}) == 1
