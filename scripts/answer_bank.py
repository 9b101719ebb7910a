"""Write docs/answer-bank.md: for each hidden check, the wrong answers that it catches.

The table is read off the answers themselves; test_answer_bank.py proves every line of it.
"""

import ast
import sys
from pathlib import Path

import nbformat

from pawmark.authoring.answers import read_answer
from pawmark.grading.checks.session import check_module
from pawmark.grading.course_folder import assignments, source_notebook
from pawmark.grading.intake.cells import exercise_of

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "answer-bank.md"
HEAD = """# The bank of answers

The hidden checks are proven by answers: wrong ones, which they must catch, and unusual right ones,
which must get full marks. Of each wrong answer the page says how severe it is, and which
misconception is named, if one is; of an exercise whose checks are test functions, which of these
catches it, while the others pass. They lie in `tests/answers/`, one file an answer. `make test`
grades a part of them, `make test-all` all.

This page is written by `python scripts/answer_bank.py`.
"""


def checks_of(assignment: str) -> dict[str, str]:
    """Return the checks of an assignment and the names that students read, in its order."""
    book = nbformat.read(source_notebook(ROOT, assignment), as_version=4)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in book.cells]
    exercises = [exercise_of(name) for name in ids if exercise_of(name) != name]
    functions = [
        node
        for exercise in exercises
        for node in ast.parse(check_module(ROOT, exercise).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return {node.name: (ast.get_docstring(node) or node.name).splitlines()[0] for node in functions}


def specified(assignment: str) -> list[str]:
    """Return the exercises of an assignment that have a specification, in alphabetical order."""
    modules = (ROOT / "grader_tests" / assignment).glob("test_*.py")
    return sorted(
        call.args[0].value
        for module in modules
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("Exercise", "Items", "network")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    )


def answered(assignment: str, exercise: str) -> list[str]:
    """Return a line for each wrong answer to an exercise with a specification."""
    lines = []
    for path in sorted((ROOT / "tests" / "answers" / assignment / "wrong").glob("*.py")):
        answer = read_answer(path)
        if exercise in answer.cells and (answer.severity or answer.names):  # items have no bands
            named = "" if answer.names in ("", "nothing") else f"named `{answer.names}`"
            title = answer.docstring.strip().splitlines()[0]
            lines.append(f"- {title} ({', '.join(filter(None, [answer.severity, named]))})")
    return lines


def caught_by(assignment: str, checks: dict[str, str]) -> dict[str, list[str]]:
    """Return the wrong answers that each check catches, by the title of the answer."""
    caught: dict[str, list[str]] = {name: [] for name in checks}
    for path in sorted((ROOT / "tests" / "answers" / assignment / "wrong").glob("*.py")):
        answer = read_answer(path)
        for name in answer.fails:
            caught[name].append(answer.docstring.strip().splitlines()[0])
    return caught


def section(assignment: str) -> str:
    """Return the part of the page on one assignment."""
    checks = checks_of(assignment)
    caught = caught_by(assignment, checks)
    folder = ROOT / "tests" / "answers" / assignment
    wrong, right = (len(list(folder.glob(f"{kind}/*.py"))) for kind in ("wrong", "right"))
    lines = [
        f"\n## {assignment}\n",
        f"{len(checks)} checks, {wrong} wrong answers, {right} right.\n",
    ]
    for name, title in checks.items():
        lines.append(f"**{title}**\n")
        lines += [f"- {answer}" for answer in caught[name]]
        lines.append("")
    for exercise in specified(assignment):
        lines += [f"**{exercise}**, by specification\n", *answered(assignment, exercise), ""]
    return "\n".join(lines)


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(map(section, assignments(ROOT)))


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
