"""What the author of hidden checks needs, and the line that runs them in a source notebook."""

import html
import secrets
from typing import Any

import numpy as np

from pawmark.grading.results.outcomes import Training as Training
from pawmark.grading.results.outcomes import show_points
from pawmark.vision.pictures import Comparison
from pawmark.vision.pictures import compare_grey as compare_grey
from pawmark.vision.pictures import compare_heat as compare_heat
from pawmark.vision.pictures import compare_masks as compare_masks

_MAX_SHOWN = 500


class CheckFailed(AssertionError):  # noqa: N818  (reads as what happened)
    """A check found a misconception.

    Attributes
    ----------
    message
        Names the misconception; the student reads it.
    got, expected
        Text that the check hands out, or None.
    picture
        What the check shows, or None.
    """

    def __init__(
        self,
        message: str,
        got: str | None = None,
        expected: str | None = None,
        picture: Comparison | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.got, self.expected, self.picture = message, got, expected, picture


def expect(
    condition: Any,
    message: str,
    got: Any = None,
    expected: Any = None,
    picture: Comparison | None = None,
) -> None:
    """Fail the check with a message unless the condition holds: of an array, all of it.

    ``got``, ``expected`` and ``picture`` are shown to the student: leave them out where they would
    hand out a hidden answer. A picture is one of `compare_masks`, `compare_heat` and
    `compare_grey`; it is drawn only when the check fails.
    """
    holds = np.all(condition) if isinstance(condition, np.ndarray) else condition
    if not bool(holds):
        raise CheckFailed(message, _shown(got), _shown(expected), picture)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        return np.array2string(value, threshold=20, precision=4)[:_MAX_SHOWN]
    return (value if isinstance(value, str) else repr(value))[:_MAX_SHOWN]


def expect_array(
    value: Any,
    shape: tuple[int | None, ...] | None = None,
    dtype: Any = None,
    name: str = "the result",
) -> np.ndarray:
    """Return the value as an array after checking None, type, shape and dtype, in this order.

    ``None`` in a shape stands for any length.
    """
    expect(value is not None, f"{name} is None: is a return statement missing?")
    expect(
        isinstance(value, np.ndarray | np.generic),
        f"{name} is not an array",
        got=type(value).__name__,
        expected="a NumPy array",
    )
    array = np.asarray(value)
    if shape is not None:
        fits = len(array.shape) == len(shape) and all(
            want is None or have == want for have, want in zip(array.shape, shape, strict=True)
        )
        expect(fits, f"{name} has the wrong shape", got=array.shape, expected=shape)
    if dtype is not None:
        right = array.dtype == np.dtype(dtype)
        expect(right, f"{name} has the wrong dtype", str(array.dtype), str(np.dtype(dtype)))
    return array


def expect_number(value: Any, name: str = "the result") -> float:
    """Return the value as a float after checking that it is one finite-or-not real number."""
    expect(value is not None, f"{name} is None: is a return statement missing?")
    single = isinstance(value, int | float | np.number) or (
        isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf"
    )
    expect(
        single and not isinstance(value, bool | np.complexfloating),
        f"{name} is not a number",
        got=type(value).__name__,
        expected="one number",
    )
    try:
        return float(np.asarray(value, dtype=float).reshape(()))
    except OverflowError:
        raise CheckFailed(f"{name} is too large to be a number of this exercise") from None


def expect_close(
    got: Any, expected: Any, message: str, atol: float = 1e-6, show: bool = False
) -> None:
    """Fail unless two numbers or arrays agree to ``atol`` (NaN agrees with NaN)."""
    try:
        value = np.asarray(got)
        # NumPy would read numbers from text, and drop the imaginary part of complex ones.
        if value.dtype.kind not in "biufO":
            raise TypeError
        value = value.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise CheckFailed(message, type(got).__name__, "numbers") from None
    want = np.asarray(expected, dtype=float)
    same = value.shape == want.shape and np.allclose(value, want, rtol=0, atol=atol, equal_nan=True)
    expect(same, message, *((got, expected) if show else ()))


class ResultTable:
    """The results of one exercise, as a small table in a notebook or a terminal."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def __repr__(self) -> str:
        points = show_points(self.result.points, self.result.max_points)
        lines = [f"{self.result.exercise}: {points}"]
        for check in self.result.checks:
            message = f": {check.message}" if check.message else ""
            lines.append(f"  [{check.outcome}] {check.title}{message}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return render_table(self.result)


_CELL = "text-align: left; vertical-align: top; padding: 0.25em 0.75em;"


def render_table(result: Any) -> str:
    """Return the results of one exercise as an HTML table; every text in it is escaped."""
    rows = "".join(_row(check) for check in result.checks)
    caption = f"{result.exercise}: {show_points(result.points, result.max_points)} points"
    titles = ("Outcome", "Check", "Points")
    head = "".join(f'<th scope="col" style="{_CELL}">{text}</th>' for text in titles)
    # Messages hold text of students: no formula in it is to be set.
    return (
        f'<table class="tex2jax_ignore mathjax_ignore"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(check: Any) -> str:
    parts = [f"<strong>{html.escape(check.title)}</strong>"]
    if check.message:
        parts.append(html.escape(check.message))
    if check.got is not None:
        parts.append(f"got: <code>{html.escape(check.got)}</code>")
    if check.expected is not None:
        parts.append(f"expected: <code>{html.escape(check.expected)}</code>")
    if check.picture is not None:
        alt, source = html.escape(check.picture.alt), html.escape(check.picture.png)
        style = f"width: {check.picture.width}px; max-width: 100%"
        parts.append(f'<img alt="{alt}" style="{style}" src="data:image/png;base64,{source}">')
    sign = "✓" if check.outcome == "passed" else "✗"
    return (
        f'<tr><td style="{_CELL} white-space: nowrap">{sign} {html.escape(check.outcome)}</td>'
        f'<td style="{_CELL}">{"<br>".join(parts)}</td>'
        f'<td style="{_CELL}">{check.points:.3g} / {check.max_points:.3g}</td></tr>'
    )


def run_checks(exercise: str, namespace: dict[str, Any] | None = None) -> ResultTable:
    """Run the hidden checks of an exercise on a live namespace, by default the notebook's own.

    Returns the table of results when all pass.

    Raises
    ------
    AssertionError
        With the table as its message, if any check does not pass.
    """
    from pawmark.grading.checks.session import grading_data, run_exercise
    from pawmark.grading.checks.student import Student
    from pawmark.grading.course_folder import find_course

    if namespace is None:
        from IPython import get_ipython

        namespace = get_ipython().user_ns
    data = grading_data()
    door, seed = Student.local(namespace), secrets.randbits(32)
    result = run_exercise(exercise, door, find_course(), str(data.root), seed, data=data)
    table = ResultTable(result)
    if any(check.outcome != "passed" for check in result.checks):
        raise AssertionError(f"\n{table!r}")
    return table
