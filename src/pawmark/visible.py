"""The visible checks of a notebook, shown as a small table in the place of a traceback.

A check cell stays plain Python: asserts with messages. Only what a person sees changes. The
exception is still raised, so *Run All*, *Validate* and grading go on as they always do.
"""

import ast
import html
import linecache
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from pawmark import settings

CHECK_ID = "-check"
IN_GRADER = settings.Settings.channel_fd.variable  # set for the kernels that run submissions

PASSED, FAILED, NOT_REACHED = "passed", "failed", "not reached"
_SIGNS = {PASSED: "✓", FAILED: "✗", NOT_REACHED: "○"}
_MAX_CONDITION = 88
_MAX_ERROR = 200

# What a check ends with when it looks at a result that has not the form it expects.
MISFITS = (TypeError, ValueError, IndexError, KeyError, AttributeError)
_WITHIN_CELL = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>", "<lambda>")

# The colours of JupyterLab's theme, light or dark; elsewhere those of the page.
_BORDER = "var(--jp-border-color1, #8c959f)"
_EDGES = {
    PASSED: "var(--jp-success-color1, #388e3c)",
    FAILED: "var(--jp-error-color1, #d32f2f)",
    NOT_REACHED: "var(--jp-warn-color1, #f57c00)",
}
_CELL = "text-align:left;vertical-align:top;padding:0.2em 1em 0.2em 0;white-space:normal;"


@dataclass(frozen=True)
class Row:
    """One assert of a check cell.

    Attributes
    ----------
    outcome : str
        ``"passed"``, ``"failed"`` or ``"not reached"``.
    condition : str
        What is asserted, as it is written in the cell, on one line.
    hint : str
        The message of the assert that failed, else empty.
    """

    outcome: str
    condition: str
    hint: str = ""


def rows_of(source: str, failed_line: int | None = None, hint: str = "") -> list[Row]:
    """Return a row for each assert of a cell, in the order in which they stand; none if unreadable.

    Parameters
    ----------
    source : str
        The code of the cell.
    failed_line : int, optional
        The line in which an assert failed; left out when all of them passed.
    hint : str
        What the failed assert says.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []  # IPython allows more than Python does, such as a bare await
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    rows, outcome = [], PASSED
    for node in sorted(asserts, key=lambda node: node.lineno):
        condition = _condition(source, node)
        if failed_line is not None and node.lineno <= failed_line <= (node.end_lineno or 0):
            rows.append(Row(FAILED, condition, hint))
            outcome = NOT_REACHED
        else:
            rows.append(Row(outcome, condition))
    return rows


def _assert_after(source: str, line: int) -> int | None:
    """Return the line of the first assert that ends in a line of a cell, or below it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return min((node.lineno for node in asserts if (node.end_lineno or 0) >= line), default=None)


def _condition(source: str, node: ast.Assert) -> str:
    text = " ".join((ast.get_source_segment(source, node.test) or "").split())
    return text if len(text) <= _MAX_CONDITION else f"{text[: _MAX_CONDITION - 2]} …"


class CheckTable:
    """The checks of one cell: a table in a notebook, lines of text in a terminal."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    @property
    def failed(self) -> bool:
        """Whether one of the checks failed."""
        return any(row.outcome == FAILED for row in self.rows)

    @property
    def short(self) -> str:
        """The hint of the check that failed, or empty."""
        return next((row.hint for row in self.rows if row.outcome == FAILED), "")

    @property
    def heading(self) -> str:
        """How many passed, in a sentence."""
        passed = sum(row.outcome == PASSED for row in self.rows)
        return f"{passed} of {len(self.rows)} visible checks passed"

    def __repr__(self) -> str:
        lines = [f"{self.heading}."]
        for row in self.rows:
            lines.append(f"  {_SIGNS[row.outcome]} {row.outcome:<12} {row.condition}")
            lines += [f"{'':17}{row.hint}"] if row.hint else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        body = "".join(_html_row(row) for row in self.rows)
        table = f'<table style="margin:0.4em 0 0;border:none"><tbody>{body}</tbody></table>'
        if self.failed:
            return box(f"<strong>{self.heading}</strong>{table}", FAILED)
        # Nothing is left to do: folded, until somebody wonders what was checked.
        summary = f"<summary><strong>{_SIGNS[PASSED]} {self.heading}</strong></summary>"
        return box(f"<details>{summary}{table}</details>", PASSED)


def _html_row(row: Row) -> str:
    hint = f"<br><strong>{html.escape(row.hint)}</strong>" if row.hint else ""
    faint = "opacity:0.75;" if row.outcome == NOT_REACHED else ""
    return (
        f'<tr style="background:none;{faint}"><td style="{_CELL}white-space:nowrap">'
        f"{_SIGNS[row.outcome]} {row.outcome}</td>"
        f'<td style="{_CELL}"><code>{html.escape(row.condition)}</code>{hint}</td></tr>'
    )


def box(content: str, outcome: str) -> str:
    """Frame HTML that a person should notice, in the colours of a light or dark theme."""
    return (
        f'<div style="border:1px solid {_BORDER};border-left:5px solid {_EDGES[outcome]};'
        "border-radius:4px;padding:0.6em 1em;margin:0.3em 0;"
        'font-family:var(--jp-ui-font-family, sans-serif);font-size:1em">'
        f"{content}</div>"
    )


class NotAttempted:
    """Says which exercise still has to be done before a cell can run."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def short(self) -> str:
        """The same in a few words."""
        return f"{self.name} is not attempted yet"

    def __repr__(self) -> str:
        return (
            f"Not attempted yet: {self.name}. Its cell still holds `raise NotImplementedError()`. "
            "Put your code in its place, run that cell, then run this one again."
        )

    def _repr_html_(self) -> str:
        return box(
            f"<strong>{_SIGNS[NOT_REACHED]} Not attempted yet: "
            f"<code>{html.escape(self.name)}</code></strong><br>"
            "Its cell still holds <code>raise NotImplementedError()</code>. Put your code in its "
            "place, run that cell, then run this one again.",
            NOT_REACHED,
        )


def explain(error: BaseException, trace: TracebackType | None, names: dict[str, Any]) -> Any:
    """Return what to show in the place of a traceback, or None where the traceback is better.

    Parameters
    ----------
    error : BaseException
        What a cell raised.
    trace : traceback, optional
        Where it was raised.
    names : dict
        The names of the notebook: code that has them as its globals is the notebook's own.
    """
    own = [(f, line) for f, line in traceback.walk_tb(trace) if f.f_globals is names]
    if isinstance(error, MISFITS):
        return _explain_misfit(error, own)
    if not own or own[-1][0] is not _last_frame(trace):
        return None  # raised in a library: where in the cell, only the traceback tells
    frame, line = own[-1]
    at_top = frame.f_code.co_name == "<module>"
    if isinstance(error, NotImplementedError):
        return None if at_top or str(error) else NotAttempted(frame.f_code.co_name)
    if not at_top or not str(error):
        return None  # an assert within a function, or one that says nothing
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    table = CheckTable(rows_of(source, line, str(error)))
    return table if table.failed else None  # raised by something else than an assert


def _explain_misfit(error: BaseException, own: list[tuple[FrameType, int]]) -> Any:
    """Return a table where the cell itself, and no function of the notebook, met an odd result."""
    cell = next((place for place in own if place[0].f_code.co_name == "<module>"), None)
    if cell is None or any(_is_function(frame, cell[0]) for frame, _ in own):
        return None
    source = "".join(linecache.getlines(cell[0].f_code.co_filename))
    said = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_ERROR]
    hint = (
        "What came back has another form than the exercise asks for, so it cannot be looked at "
        f"({said}). Print it, and compare it with the text."
    )
    table = CheckTable(rows_of(source, _assert_after(source, cell[1]), hint))
    return table if table.failed else None


def _is_function(frame: FrameType, cell: FrameType) -> bool:
    """Tell whether a frame is that of a function, and no part of the cell's own lines."""
    code = frame.f_code
    within = code.co_filename == cell.f_code.co_filename and code.co_name in _WITHIN_CELL
    return frame is not cell and not within


def _last_frame(trace: TracebackType | None) -> FrameType | None:
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    return frames[-1] if frames else None


class Display:
    """Shows the outcome of check cells in one IPython shell."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.cell_id: str | None = None

    def register(self) -> None:
        """Ask the shell to be told of cells and of the exceptions that checks end with."""
        self.shell.events.register("pre_run_cell", self.before)
        self.shell.events.register("post_run_cell", self.after)
        kinds = (AssertionError, NotImplementedError, *MISFITS)
        self.shell.set_custom_exc(kinds, self.on_error)

    def before(self, info: Any) -> None:
        """Note which cell runs; some front ends do not say."""
        self.cell_id = info.cell_id

    def after(self, result: Any) -> None:
        """Show what passed."""
        source = result.info.raw_cell
        # In the source notebook the table of the hidden checks says more.
        if not result.success or not self.is_check() or "run_checks(" in source:
            return
        rows = rows_of(self.shell.transform_cell(source))
        if rows:
            self._show(CheckTable(rows))

    def on_error(
        self, shell: Any, kind: type, error: Any, trace: Any, tb_offset: int | None = None
    ) -> list[str]:
        """Show what failed, and raise the error with its hint in the place of a traceback."""
        found = explain(error, trace, shell.user_ns)
        if found is None or (isinstance(found, CheckTable) and not self.is_check()):
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return []
        self._show(found)
        lines = [f"{kind.__name__}: {found.short or error}"]
        # Front ends, nbgrader's Validate among them, are told of the error by this.
        shell._showtraceback(kind, error, lines)
        return lines

    def is_check(self) -> bool:
        """Tell whether the cell that ran is a check, as far as its front end names cells."""
        return self.cell_id is None or self.cell_id.endswith(CHECK_ID)

    def _show(self, thing: Any) -> None:
        from IPython.display import display

        display(thing)


def activate() -> None:
    """Show visible checks as tables from now on, where this is a person's own notebook."""
    if "IPython" not in sys.modules or IN_GRADER in os.environ:
        return
    from IPython import get_ipython

    shell = get_ipython()
    # Only a kernel: in a terminal a traceback is what people expect. Another tool's
    # arrangement for exceptions stays.
    if hasattr(shell, "kernel") and not shell.custom_exceptions:
        Display(shell).register()
