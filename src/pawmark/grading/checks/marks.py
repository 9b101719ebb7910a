"""Rows and what they pay; bands and what a wrong program may keep.

A row pays by its strata, all or nothing each. With any failure it keeps at most half, the core at
most 40%; corners and contract pay nothing while the core pays nothing. So a program that is wrong
for every ordinary input has nothing, and one slip of form costs one row.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from pawmark.grading.checks.specification import CONTRACT, CORE, CORNERS, Severity, Shares

BANDS = {
    Severity.FATAL: (0.0, 0.30),
    Severity.MAJOR: (0.15, 0.60),
    Severity.MINOR: (0.70, 0.95),
}
KEPT = {CORE: 0.4, CORNERS: 0.5, CONTRACT: 0.5}


def worth(shares: Shares, rows: Iterable[str], points: float) -> dict[str, float]:
    """Return what each row can pay, in numbers that a person would write.

    Parameters
    ----------
    shares
        The parts of the points; those of rows that an exercise lacks go to the core.
    rows
        The rows that it has.
    points
        The points of the exercise.
    """
    step = _step(points)
    found = {CORE: points}
    for row, share in ((CORNERS, shares.corners), (CONTRACT, shares.contract)):
        if row in rows:
            found[row] = round(round(points * share / step) * step, 6)
    found[CORE] = round(points - sum(found[row] for row in found if row != CORE), 6)
    return found


def paid(row: str, parts: Sequence[tuple[float, bool]], most: float, points: float) -> float:
    """Return what a row pays.

    Parameters
    ----------
    row
        Which row it is.
    parts
        Weight of each stratum or aspect, and whether all of it is right.
    most
        What the row can pay.
    points
        The points of the exercise, by which what is paid is rounded, down.
    """
    if all(right for _, right in parts):
        return most
    share = sum(weight for weight, right in parts if right) / sum(weight for weight, _ in parts)
    step = _step(points)
    return round(math.floor(most * min(share, KEPT[row]) / step + 1e-9) * step, 6)


def _step(points: float) -> float:
    return 0.1 if points >= 1 else 0.01


def settled(pays: Mapping[str, float]) -> dict[str, float]:
    """Return what the rows pay together: without the core, nothing."""
    return dict(pays) if pays[CORE] > 0 else dict.fromkeys(pays, 0.0)


def in_band(severity: str, points: float, max_points: float) -> str | None:
    """Return what is wrong with the points of a wrong program, or None.

    Parameters
    ----------
    severity
        How wrong it is.
    points, max_points
        What it gets, of how much.
    """
    low, high = BANDS[Severity(severity)]
    share = points / max_points
    if low - 1e-9 <= share <= high + 1e-9:
        return None
    return f"keeps {share:.0%}, and a {severity} one keeps {low:.0%} to {high:.0%}"
