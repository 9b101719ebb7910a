"""Hidden checks of 04-verdict: who wins if all runs of one are better than all of the other."""

from statistics import mean, median

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches


def judge(stride, maxpool, lower_is_better):
    """Compare each run with each run of the other."""
    pairs = [(a, b) for a in stride for b in maxpool]
    for word, wins in (
        ("stride", [a < b if lower_is_better else a > b for a, b in pairs]),
        ("maxpool", [b < a if lower_is_better else b > a for a, b in pairs]),
    ):
        if all(wins):
            return word
    return "undecided"


def formula(
    stride,
    maxpool,
    lower_is_better,
    always_a_winner=False,
    stride_else=False,
    direction_ignored=False,
    direction_swapped=False,
    only_stride_of_higher=False,
    only_maxpool_of_higher=False,
    only_stride=False,
    only_maxpool=False,
    never=False,
    none_for_undecided=False,
    best_runs=False,
    worst_runs=False,
    means=False,
    medians=False,
    seed_by_seed=False,
    shorter_only=False,
    ties_win=False,
    all_to_one=False,
    pooling_said=False,
    true_or_false=False,
    against_spread=False,
):
    """Turn the runs so that lower is better, and compare, with what may go wrong."""
    lower = True if direction_ignored else lower_is_better != direction_swapped
    a, b = ([value if lower else -value for value in runs] for runs in (stride, maxpool))
    if shorter_only:
        a, b = (runs[: min(len(a), len(b))] for runs in (a, b))
    first, second = max(a) < min(b), max(b) < min(a)
    if ties_win:
        first, second = max(a) <= min(b), max(b) <= min(a)
    if against_spread:
        spread = max(max(runs) - min(runs) for runs in (a, b))
        first, second = mean(b) - mean(a) > spread, mean(a) - mean(b) > spread
    for slip, measure in (
        (best_runs, min), (worst_runs, max), (means, mean), (medians, median)
    ):  # fmt: skip
        if slip:
            first, second = measure(a) < measure(b), measure(b) < measure(a)
    if seed_by_seed:
        both = list(zip(a, b, strict=False))
        first, second = all(x < y for x, y in both), all(y < x for x, y in both)
    if all_to_one:
        first, second = max(a) < max(b), max(b) < max(a)
        first, second = first and min(a) < min(b), second and min(b) < min(a)
    if (only_maxpool_of_higher and not lower) or only_maxpool:
        first = False
    if (only_stride_of_higher and not lower) or only_stride:
        second = False
    if true_or_false:
        return first
    if never:
        return "undecided"
    if always_a_winner or stride_else:
        return "stride" if (first if always_a_winner else not second) else "maxpool"
    if first:
        return "stride"
    if second:
        return "pooling" if pooling_said else "maxpool"
    return None if none_for_undecided else "undecided"


OVERLAP = "the runs of the two overlap, and the verdict still names a winner. "
MISSING = "there is a case in which one of the two wins and the verdict is {got}: {call}"
WORDS = 'verdict should return "stride", "maxpool" or "undecided", and it returned {got}'

variants = switches(
    formula,
    always_a_winner=Slip("major", OVERLAP + 'Not "stride" does not mean "maxpool"'),
    stride_else=Slip("major", OVERLAP + 'Not "maxpool" does not mean "stride"'),
    direction_ignored=Slip(
        "major",
        "the lower numbers always win: of an IoU the higher is better, and lower_is_better says so",
    ),
    direction_swapped=Slip(
        "major",
        "the worse of the two wins: of a loss the lower is better, of an IoU the higher, and "
        "lower_is_better says which it is",
    ),
    only_stride_of_higher=Slip("major", MISSING, family="missing"),
    only_maxpool_of_higher=Slip("major", MISSING, family="missing"),
    only_stride=Slip("major", MISSING, family="missing"),
    only_maxpool=Slip("major", MISSING, family="missing"),
    never=Slip("fatal", 'the verdict is always "undecided": one of the two may win'),
    none_for_undecided=Slip(
        "major",
        "nothing comes back where the runs do not decide: is a return missing on some path?",
    ),
    best_runs=Slip("major", OVERLAP + "A better best run is not every run better than every run"),
    worst_runs=Slip("major", OVERLAP + "A better worst run is not every run better than every run"),
    means=Slip("major", OVERLAP + "A better mean is not every run better than every run"),
    medians=Slip("major", OVERLAP + "A better median is not every run better than every run"),
    seed_by_seed=Slip(
        "major",
        "first run is compared with first run, second with second: the order of the runs means "
        "nothing, so each run has to be compared with every run of the other",
    ),
    shorter_only=Slip(
        "major",
        "only as many runs as the shorter list has are looked at: every run counts, and the two "
        "lists may have different lengths",
    ),
    ties_win=Slip(
        "minor",
        "a run of one equals a run of the other: equal is not better, so they decide nothing",
    ),
    all_to_one=Slip(
        "major",
        OVERLAP + "A better best and a better worst run are not every run better than every run",
    ),
    pooling_said=Slip("major", WORDS),
    true_or_false=Slip("fatal", WORDS),
    against_spread=Slip(
        "major",
        "the distance of the means is held against the spread of the runs: the rule is every run "
        "against every run",
    ),
)


def runs(rng, low, high, count):
    """Draw different numbers in no order, with three digits."""
    return [float(n) / 1000 for n in rng.permutation(np.arange(low, high))[:count]]


def ordered(rng, better, worse, lower, stride_first, as_tuple=False):
    """Return the arguments, from a better and a worse list of which lower ones are better."""
    if not lower:
        better, worse = ([round(1.4 - value, 3) for value in one] for one in (better, worse))
    kind = tuple if as_tuple else list
    better, worse = (kind(float(n) for n in rng.permutation(one)) for one in (better, worse))
    return (better, worse, lower) if stride_first else (worse, better, lower)


def decided(rng, few, more, swapped, lower, as_tuple=False):
    """Draw runs of which one side is better throughout, in lists of two lengths."""
    middle = int(rng.integers(300, 700))
    counts = (few + more, few) if rng.random() < 0.5 else (few, few + more)
    better = runs(rng, middle - 90, middle - 5, counts[0])
    worse = runs(rng, middle + 5, middle + 90, counts[1])
    return ordered(rng, better, worse, lower, swapped, as_tuple)


def far_apart(rng, count, swapped, lower):
    """Draw runs of which one side is better throughout, though its own lie further apart."""
    middle = int(rng.integers(500, 700))
    wide = [*runs(rng, middle - 400, middle - 40, count), (middle - 5) / 1000]
    near = runs(rng, middle + 5, middle + 40, count)
    if rng.random() < 0.5:  # those of the worse side do
        near, wide = (
            runs(rng, middle - 40, middle - 5, count),
            [*runs(rng, middle + 40, middle + 400, count), (middle + 5) / 1000],
        )
        return ordered(rng, near, wide, lower, swapped)
    return ordered(rng, wide, near, lower, swapped)


def one_good(rng, count, swapped, lower):
    """Draw runs one of which is far better than all others, of a list that is worse otherwise."""
    middle = int(rng.integers(500, 600))
    a = [*runs(rng, middle, middle + 40, 2 * count), float(rng.integers(10, 40)) / 1000]
    b = runs(rng, middle - 40, middle, count + 1)
    # The mean follows the one good run, and the median does not.
    return ordered(rng, a, b, lower, swapped)


def one_bad(rng, count, swapped, lower):
    """Draw runs one of which is far worse than all others, of a list that is better otherwise."""
    middle = int(rng.integers(500, 600))
    a = [*runs(rng, middle - 40, middle, 2 * count), float(rng.integers(1200, 1300)) / 1000]
    b = runs(rng, middle, middle + 40, count + 1)
    return ordered(rng, a, b, lower, swapped)


def ladder(rng, count, swapped, lower, as_tuple=False):
    """Draw two lists of one length: run for run the first is better, and yet they overlap."""
    start, step = int(rng.integers(200, 400)), int(rng.integers(20, 60))
    better = [(start + step * i) / 1000 for i in range(count)]
    worse = [value + step / 2000 for value in better]
    if not lower:
        better, worse = ([round(1.4 - value, 4) for value in one] for one in (better, worse))
    kind = tuple if as_tuple else list
    better, worse = kind(better), kind(worse)
    return (better, worse, lower) if swapped else (worse, better, lower)


def near(rng, count, swapped, lower):
    """Draw runs that differ in the third place only, where one side is better."""
    start = 5 * int(rng.integers(20, 180)) + 1
    better = (start + rng.integers(0, 2, count)) / 1000
    worse = (start + 2 + rng.integers(0, 2, count)) / 1000
    return ordered(rng, better.tolist(), worse.tolist(), lower, swapped)


def touching(rng, few, more, swapped, lower):
    """Draw runs of which one side is better, but for one run that both have."""
    better, worse, _ = decided(rng, few, more, swapped=True, lower=True)
    return ordered(rng, [*better, min(worse)], worse, lower, swapped)


def equal(rng, few, more, lower):
    """Draw runs that are all the same."""
    value = int(rng.integers(100, 900)) / 1000
    return [value] * few, [value] * more, lower


swap, flag = {"swapped": st.booleans()}, {"lower": st.booleans()}
lengths = {"few": st.integers(2, 4), "more": st.integers(1, 3)}

exercise = Exercise(
    "04-verdict",
    function="verdict",
    judge=judge,
    strata=[
        Stratum(
            "a winner, where lower is better",
            inputs(decided, lower=st.just(True), **lengths, **swap),
            count=8,
        ),
        Stratum(
            "a winner, where higher is better",
            inputs(decided, lower=st.just(False), **lengths, **swap),
            count=8,
        ),
        Stratum(
            "a winner where the runs of one side lie far apart",
            inputs(far_apart, count=st.integers(2, 3), **swap, **flag),
        ),
        Stratum(
            "runs that overlap by one good run",
            inputs(one_good, count=st.integers(2, 3), **swap, **flag),
        ),
        Stratum(
            "runs that overlap by one bad run",
            inputs(one_bad, count=st.integers(2, 3), **swap, **flag),
        ),
        Stratum(
            "runs that are better one by one",
            inputs(ladder, count=st.integers(3, 5), **swap, **flag),
        ),
        Stratum(
            "runs that lie close together",
            inputs(near, count=st.integers(1, 3), **swap, **flag),
            row="corners",
            count=6,
        ),
        Stratum(
            "one run of each",
            inputs(decided, few=st.just(1), more=st.just(0), **swap, **flag),
            row="corners",
        ),
        Stratum(
            "equal runs",
            st.one_of(
                inputs(equal, few=st.integers(1, 3), more=st.integers(1, 3), **flag),
                inputs(touching, **lengths, **swap, **flag),
            ),
            row="corners",
            count=10,
        ),
        Stratum(
            "runs in a tuple",
            inputs(decided, as_tuple=st.just(True), **lengths, **swap, **flag),
            row="corners",
        ),
    ],
    variants=variants,
    families={
        "missing": "the verdict is missed in some of the four cases: each of the two may win, of a "
        "loss and of an IoU"
    },
    same=exact,
    contract=Contract(result=str),
)
