"""Mutants of a program: each one small change, and programs that do the same are no mutants."""

import ast

import pytest

from pawmark.authoring.mutants import AND, drawn, pairs, singles

PROGRAM = '''
def first(values, most=2):
    """Return those below 2."""
    if not len(values):
        raise ValueError("there are 0")
    return [value - 1 for value in values[1:] if value < most and value]
'''


def changed(program):
    """Return what is changed in the mutants of a program, without the lines."""
    return {mutant.name.split(": ", 1)[1] for mutant in singles(program)}


@pytest.mark.parametrize(
    "change",
    [
        "value - 1 → value + 1",
        "value - 1 → value - 2",
        "value < most → value <= most",
        "value < most and value → value < most or value",
        "value < most and value → value",
        "not len(values) → len(values)",
        "len(values) → values",
        "values, most=2 → values, most=3",
        "1: → :",
        "if not len(values): raise ValueError('there are 0') → pass",
        "return [value - 1 for value in values[1:] if value < most and value] → pass",
    ],
)
def test_each_kind_of_change_is_made(change):
    """Operators, comparisons, constants, arguments, slices and statements are changed."""
    assert change in changed(PROGRAM)


def test_words_are_left_alone():
    """Docstrings and the words of an error decide nothing, and are not changed."""
    assert not any("below 2" in change or "there are 1" in change for change in changed(PROGRAM))
    assert not any("ValueError()" in change for change in changed(PROGRAM))


def test_arguments_are_left_out_and_swapped():
    """A call loses an argument, a keyword, or itself; neighbours change places."""
    found = changed("def f(a, b):\n    return g(a, b, c=a)")

    assert {
        "g(a, b, c=a) → g(b, c=a)",
        "g(a, b, c=a) → g(b, a, c=a)",
        "g(a, b, c=a) → g(a, b)",
        "g(a, b, c=a) → a",
    } <= found


def test_arguments_of_a_symmetric_function_stay_in_their_order():
    """max(b, a) is no other program than max(a, b)."""
    assert "max(a, b) → max(b, a)" not in changed("def f(a, b):\n    return max(a, b)")


def test_each_mutant_is_another_program_with_a_name_of_its_own():
    """Names tell mutants apart, and none is the program itself, or is there twice."""
    found = singles(PROGRAM)

    assert len({mutant.name for mutant in found}) == len(found)
    assert len({mutant.source for mutant in found}) == len(found)
    assert ast.unparse(ast.parse(PROGRAM)) not in {mutant.source for mutant in found}


def test_pairs_are_drawn_alike_each_time():
    """The same program has the same pairs, of two changes that single mutants have too."""
    names = {mutant.name for mutant in singles(PROGRAM)}

    found = pairs(PROGRAM, 25)

    assert found == pairs(PROGRAM, 25)
    assert len(found) > 20
    assert all(set(mutant.name.split(AND)) <= names for mutant in found)


def test_a_sample_is_the_same_each_time():
    """A sample holds as many mutants as were asked for, in their order; all where there are few."""
    made = singles(PROGRAM)
    sample = drawn(made, 12)

    assert sample == drawn(made, 12)
    assert len(sample) == 12
    assert sample == [mutant for mutant in made if mutant in sample]
    assert sample != made[:12]
    assert drawn(made, 1000) == made
