"""Hidden checks of exercise 04-verdict."""

import pytest

from pawmark.checks import expect


def apart(rng, low, high, gap):
    """Draw two lists of different lengths, all of the first below all of the second."""
    middle = float(rng.uniform(low, high))
    first = middle - gap - rng.uniform(0, gap, int(rng.integers(3, 5)))
    second = middle + gap + rng.uniform(0, gap, int(rng.integers(5, 7)))
    return [float(v) for v in first], [float(v) for v in second]


def ask_verdict(student, stride, maxpool, lower_is_better):
    """Return the student's verdict, one of the three words."""
    word = student.call("verdict", stride, maxpool, lower_is_better)
    expect(word is not None, "verdict returned None: is a return missing on some path?")
    expect(
        isinstance(word, str) and word in ("stride", "maxpool", "undecided"),
        'verdict should return "stride", "maxpool" or "undecided"',
        got=str(word)[:60],
    )
    return word


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_names_the_better(student, rng):
    """Where all runs of one are better than all of the other, it wins."""
    low, high = apart(rng, 0.3, 0.6, 0.05)
    cases = (
        (low, high, True, "stride"),
        (high, low, True, "maxpool"),
        (high, low, False, "stride"),
        (low, high, False, "maxpool"),
    )
    for stride, maxpool, lower_is_better, expected in cases:
        word = ask_verdict(student, stride, maxpool, lower_is_better)
        expect(
            word != "undecided",
            "every run of one is better than every run of the other, and the verdict is undecided",
        )
        expect(
            word == expected,
            "the worse of the two wins: of a loss the lower is better, of an IoU the higher, and "
            "lower_is_better says which it is",
            got=f"{word} with lower_is_better={lower_is_better}",
        )


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_on_overlapping_runs(student, rng):
    """Where the runs overlap, they decide nothing."""
    low, high = apart(rng, 0.3, 0.6, 0.05)
    # One run of the better side falls behind, and the means stay far apart.
    late = [*low, (min(high) + max(high)) / 2]
    base = float(rng.uniform(0.3, 0.5))
    # Run for run the first is better, and yet the two lists overlap.
    ladder = [base + 0.1 * i for i in range(4)]
    shifted = [value + 0.05 for value in ladder]
    for stride, maxpool in ((late, high), (high, late), (ladder, shifted), (shifted, ladder)):
        for lower_is_better in (True, False):
            word = ask_verdict(student, stride, maxpool, lower_is_better)
            expect(
                word == "undecided",
                "the runs of the two overlap, and the verdict still names a winner: a better mean, "
                "a better best run, or a win seed by seed, is not every run better than every run",
                got=word,
                expected="undecided",
            )


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_on_a_tie(student, rng):
    """Equal runs decide nothing."""
    base = float(rng.uniform(0.3, 0.5))
    lower, upper = [base - 0.1, base], [base, base + 0.1]
    for stride, maxpool in (([base] * 3, [base] * 3), (lower, upper), (upper, lower)):
        for lower_is_better in (True, False):
            word = ask_verdict(student, stride, maxpool, lower_is_better)
            expect(
                word == "undecided",
                "a run of one equals a run of the other: equal is not better, so they decide "
                "nothing",
                got=word,
                expected="undecided",
            )
