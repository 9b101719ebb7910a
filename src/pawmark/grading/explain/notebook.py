"""Writes the notebook that repeats a loss: the student's cells, then each question asked anew."""

import base64
import html
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading.checks.counterexample import shown_value
from pawmark.grading.explain.pictures import picture_of
from pawmark.grading.explain.repeating import packed, recorded
from pawmark.grading.explain.retelling import Asked, LostCheck, Retold
from pawmark.grading.intake.cells import exercise_of, is_grade, is_solution
from pawmark.grading.results.outcomes import show_points

MAX_QUESTION = 4_000_000  # characters of a question in the notebook
_BEGIN = """\
# What follows asks the questions of grading once more, in this kernel.
from pawmark.grading.explain.repeating import Repeat"""


def write_notebook(retold: Retold, path: Path) -> None:
    """Write a notebook that repeats lost checks.

    It holds hidden inputs of this hand-in, and nothing of the course's secret.

    Raises
    ------
    CourseError
        When it cannot be written, or points were lost in several notebooks of the submission: one
        kernel cannot be that of all of them.
    """
    if len(retold.notebooks) > 1:
        names = ", ".join(dict.fromkeys(one.exercise for one in retold.lost))
        raise CourseError(
            f"--notebook repeats what was lost in one notebook, and {retold.student} lost points "
            f"in {len(retold.notebooks)} of {retold.assignment}. Name an exercise before "
            f"--notebook, one of: {names}"
        )
    made = notebook_of(retold)
    try:
        write_whole(path, nbformat.writes(made).encode())
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from error


def notebook_of(retold: Retold) -> NotebookNode:
    """Return the notebook; its cells have not run."""
    new = nbformat.v4
    cells = [new.new_markdown_cell(_head(retold)), *_cells_of_the_student(retold)]
    if any(one.asked for one in retold.lost):
        cells.append(new.new_code_cell(_BEGIN))
    for number, one in enumerate(retold.lost):
        cells += _check(retold, one, number)
    made: NotebookNode = new.new_notebook(cells=cells, metadata=dict(retold.notebooks[0].metadata))
    return made


def _head(retold: Retold) -> str:
    lines = [f"- {_text(one.exercise)}, {_text(one.result.title)} {_points(one)}"
             for one in retold.lost]  # fmt: skip
    return "\n".join([
        f"# Points lost in {_text(retold.assignment)} by {_text(retold.student)}",
        "",
        *lines,
        "",
        "Run all cells, in the folder of the course. The student's own cells come first, then the "
        "questions that were asked, one by one. A cell that ends in an `AssertionError` repeats "
        "the loss. This runs the student's code without a sandbox.",
    ])  # fmt: skip


def _cells_of_the_student(retold: Retold) -> list[NotebookNode]:
    """Return the graded notebook without its check cells, and without outputs."""
    last = _last_cell(retold)
    cells = []
    for cell in retold.notebooks[0].cells[: last + 1]:
        if cell.cell_type == "code" and not (is_grade(cell) and not is_solution(cell)):
            copied = nbformat.v4.new_code_cell(cell.source)
            copied.metadata["tags"] = ["raises-exception"]
            cells.append(copied)
    return cells


def _last_cell(retold: Retold) -> int:
    """Return the place of the last check cell of the exercises that are told."""
    wanted = {one.exercise for one in retold.lost}
    places = [
        place
        for place, cell in enumerate(retold.notebooks[0].cells)
        if exercise_of(cell.metadata.get("nbgrader", {}).get("grade_id", "")) in wanted
    ]
    return max(places, default=len(retold.notebooks[0].cells) - 1)


def _check(retold: Retold, one: LostCheck, number: int) -> list[NotebookNode]:
    new, result = nbformat.v4, one.result
    told = [f"## {_text(one.exercise)}: {_text(result.title)} {_points(one)}", "",
            f"{result.outcome.value}: {_text(result.message)}"]  # fmt: skip
    if one.place is not None:
        told += ["", f"Refused in `{Path(one.place.file).name}`, line {one.place.line}:", "",
                 f"    {one.place.source}"]  # fmt: skip
    if one.expected:
        told += ["", f"Expected: {_text(one.expected)}"]
    cells = [new.new_markdown_cell("\n".join(told))]
    if not one.asked:
        return cells
    places = {retold.guest_root: retold.root} if retold.guest_root else {}
    cells.append(new.new_code_cell(f"check_{number} = Repeat(globals(), {places!r})"))
    for asked in one.asked:
        cells += _question(asked, number)
    said = f"{one.exercise}, {result.title}", _points(one), result.message
    cells.append(new.new_code_cell(f"check_{number}.verdict({', '.join(map(repr, said))})"))
    return cells


def _question(asked: Asked, number: int) -> list[NotebookNode]:
    new = nbformat.v4
    told = new.new_markdown_cell(_told(asked))
    if asked.came is None:
        note = "Its process was lost by this question when it was graded; it is not asked here."
        return [told, new.new_markdown_cell(note)]
    question, came = packed(asked.question), packed(recorded(asked.came))
    if len(question) + len(came) > MAX_QUESTION:
        note = "This question is too large for a notebook; it is not asked here."
        return [told, new.new_markdown_cell(note)]
    code = f"check_{number}.ask(\n    {asked.text!r},\n    {question!r},\n    {came!r},\n)"
    cell = new.new_code_cell(code)
    cell.metadata["jupyter"] = {"source_hidden": True}
    return [told, cell]


def _told(asked: Asked) -> str:
    rows = [f"**Asked** <code>{_text(asked.text)}</code>"]
    rows += [row for name, value in asked.inputs if (row := _shown(name, value))]
    rows.append(f"**Answered** <code>{_text(asked.got)}</code>")
    rows += _picture_of_answer(asked)
    if asked.expected:
        rows.append(f"**Expected** <code>{_text(asked.expected)}</code>")
        rows += filter(None, [_image("expected", asked.wanted)])
    if asked.why:
        rows.append(f"**Refused**, since {_text(asked.why)}")
    return "\n\n".join(rows)


def _picture_of_answer(asked: Asked) -> list[str]:
    value = (asked.came or {}).get("value")
    if isinstance(value, dict):
        value = value.get("value", value.get("first"))
    return list(filter(None, [_image("answered", value)]))


def _shown(name: str, value: Any) -> str:
    """Return a value as text, and as a picture where it is like one."""
    text = f"{_text(name)} = <code>{_text(shown_value(value))}</code>"
    return "\n\n".join(filter(None, [text, _image(name, value)]))


def _image(name: str, value: Any) -> str:
    data = picture_of(value)
    if data is None:
        return ""
    encoded = base64.b64encode(data).decode("ascii")
    return f'<img alt="{html.escape(name)}" src="data:image/png;base64,{encoded}">'


def _points(one: LostCheck) -> str:
    return show_points(one.result.points, one.result.max_points)


def _text(text: str) -> str:
    """Return a text that Markdown shows as it is: a student may have written it."""
    plain = html.escape(" ".join(text.split()), quote=False)
    return "".join(f"&#{ord(c)};" if c in "*_`[]()#!|\\~$" else c for c in plain)


__all__ = ["notebook_of", "write_notebook"]
