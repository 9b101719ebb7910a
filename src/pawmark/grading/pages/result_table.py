"""The results of one exercise as a table: in a cell's output, a notebook or a terminal."""

import html
from typing import Any

from pawmark.grading.results.outcomes import INSIDE, of_points, show_points


class ResultTable:
    """The results of one exercise, as a small table in a notebook or a terminal."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def __repr__(self) -> str:
        points = show_points(self.result.points, self.result.max_points)
        lines = [f"{self.result.exercise}: {points}"]
        lines += [f"  ({INSIDE})"] if self.result.inside else []
        for check in self.result.checks:
            message = f": {check.message}" if check.message else ""
            row = check.row_points
            title = check.title if check.row in ("", "item") else f"{row}, {check.title}"
            lines.append(f"  [{check.outcome}] {row if check.row == 'item' else title}{message}")
            lines += [f"      {check.counterexample}"] if check.counterexample else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return render_table(self.result)


_CELL = "text-align: left; vertical-align: top; padding: 0.25em 0.75em;"


def render_table(result: Any) -> str:
    """Return the results of one exercise as an HTML table; every text in it is escaped."""
    rows = "".join(_row(check) for check in result.checks)
    caption = f"{result.exercise}: {of_points(result.points, result.max_points)}"
    caption += f" ({INSIDE})" if result.inside else ""
    titles = ("Outcome", "Check", "Points")
    head = "".join(f'<th scope="col" style="{_CELL}">{text}</th>' for text in titles)
    # Messages hold text of students: no formula in it is to be set.
    return (
        f'<table class="tex2jax_ignore mathjax_ignore"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _worth(check: Any) -> str:
    """Return the points, with the name of the row that pays them."""
    return check.row_points if check.parts else show_points(check.points, check.max_points)


def _row(check: Any) -> str:
    parts = [f"<strong>{html.escape(check.title)}</strong>"]
    if check.message:
        parts.append(html.escape(check.message))
    if check.got is not None:
        parts.append(f"got: <code>{html.escape(check.got)}</code>")
    if check.expected is not None:
        parts.append(f"expected: <code>{html.escape(check.expected)}</code>")
    parts += [f"✗ {html.escape(part.name)}" for part in check.parts if not part.right]
    if check.counterexample is not None:
        parts.append(f"<code>{html.escape(str(check.counterexample))}</code>")
    if check.picture is not None:
        alt, source = html.escape(check.picture.alt), html.escape(check.picture.png)
        style = f"width: {check.picture.width}px; max-width: 100%"
        parts.append(f'<img alt="{alt}" style="{style}" src="data:image/png;base64,{source}">')
    sign = "✓" if check.outcome == "passed" else "✗"
    return (
        f'<tr><td style="{_CELL} white-space: nowrap">{sign} {html.escape(check.outcome)}</td>'
        f'<td style="{_CELL}">{"<br>".join(parts)}</td>'
        f'<td style="{_CELL} white-space: nowrap">{html.escape(_worth(check))}</td></tr>'
    )
