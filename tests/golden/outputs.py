"""What grading wrote about a class, as texts in which nothing differs from run to run."""

import base64
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from PIL import Image

from .classes import run

Texts = dict[str, str]

_PICTURE = re.compile(r"data:image/(?:png|webp|jpeg);base64,([A-Za-z0-9+/=\s]+)")
_USAGE = re.compile(r"(?s)(<h3>Time and memory</h3>\n).*?(?=\n<h3>|\n</section>)")
_USED = re.compile(r'(?m)(>[\d.]+ of [\d.]+</td>\n)( *<td class="number">)[^<]*(</td>\n)\2[^<]*\3')
# A frame of a library in a traceback: where it is installed, its line, and the code around that.
_FRAME = re.compile(
    r'(File </span><span class="ansi-green-fg">)[^<]*'
    r"((?:pawmark|site-packages)/[^<:]*):\d+(</span>.*)\n"
    r"(?:(?!.*</pre>).+\n)*"
)
_CARETS = re.compile(r"(?m)^ *[~^]+ *\n")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_DEPTH = re.compile(r"\[Previous line repeated \d+ more times\]")

# A training comes to other numbers on another processor, and tells how long it took.
_TRAINED = "03_encoder_decoder"
_CURVES = re.compile(
    r'(?s)(<svg [^>]*aria-label="(?:On photographs|Validation losses)[^>]*>).*?(</svg>)'
)
_NUMBER = re.compile(r"(?<!of )\b\d+\.\d{2,}\b(?! of)|(?<!width: )\b\d+(?:\.\d)?%")
_EPOCH = re.compile(r"\b(epoch )\d+")
_LOSS = re.compile(r"\b(has a loss of )\d+\.\d+")
_LABELS = re.compile(r"(Yours holds the values )\d+(?:, \d+)*")
_DURATION = re.compile(r"\b\d+m?s\b")


def collect(course: Path, assignments: Iterable[str]) -> Texts:
    """Return everything that grading wrote about a class, by a name for each text.

    Parameters
    ----------
    course
        The folder of a graded course.
    assignments
        Those that were graded.
    """
    names = list(assignments)
    found = {"gradebook.txt": gradebook_lines(course, names), "checks.txt": check_lines(course)}
    found["grades.txt"] = run(course, "pawmark", "grades", environment={})
    table = course / "scores.csv"
    for form in ("plain", "moodle", "canvas"):
        options = [] if form == "plain" else ["--lms", form]
        options.append("--not-final")  # written answers of these classes wait for a person
        run(course, "pawmark", "report", "--csv", table.name, *options, environment={})
        found[f"scores-{form}.csv"] = table.read_bytes().decode("utf-8").replace("\r\n", "\n")
    found["scores-plain.csv"] = without_usage(found["scores-plain.csv"])
    report = _USAGE.sub(r"\1[times]", page_of(course / "report.html"))
    found["report.html"] = _USED.sub(r"\1\2#\3\2#\3", report)
    for path in sorted((course / "feedback").glob("*/*/*.html")):
        found[f"feedback/{path.parent.name}/{path.parent.parent.name}.html"] = page_of(path)
    if _TRAINED in names:
        texts = [name for name in found if name == "report.html" or _TRAINED in name]
        found |= {name: without_training(found[name]) for name in texts}
        found["checks.txt"] = re.sub(
            r"(?m)^    .*", lambda match: without_training(match[0]), found["checks.txt"]
        )
    return {name: text.replace(str(course), "COURSE") for name, text in found.items()}


def page_of(path: Path) -> str:
    """Return a page with the size of each picture in place of its pixels.

    Tracebacks lose what differs between versions of Python, of libraries, and depths of the stack.
    """
    text = path.read_text(encoding="utf-8")
    text = _PICTURE.sub(lambda match: f"data:{_size_of(match[1])}", text)
    text = _FRAME.sub(r"\1\2\3\n", text)
    text = _DEPTH.sub("[Previous line repeated N more times]", _CARETS.sub("", text))
    return _ADDRESS.sub("0xADDRESS", text)


def _size_of(encoded: str) -> str:
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
        return f"{picture.format},{picture.width}x{picture.height}"


def without_training(text: str) -> str:
    """Leave out losses, shares and labels of pixels, epochs and durations; points are kept."""
    text = _LOSS.sub(r"\1#", _LABELS.sub(r"\1#", text))
    text = _NUMBER.sub("#", _CURVES.sub(r"\1\2", text))
    return _DURATION.sub("#s", _EPOCH.sub(r"\1#", text))


def gradebook_lines(course: Path, assignments: Iterable[str]) -> str:
    """Return scores, comments and what waits for a person, as nbgrader's gradebook holds them."""
    lines = []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "pawmark") as gradebook:
        for name in assignments:
            found = gradebook.assignment_submissions(name)
            for submission in sorted(found, key=lambda entry: entry.student_id):
                lines.append(f"== {name} {submission.student_id}: {_points(submission)}")
                for notebook in submission.notebooks:
                    lines += sorted(map(_grade_line, notebook.grades))
                    lines += sorted(filter(None, map(_comment_lines, notebook.comments)))
    return "\n".join(lines) + "\n"


def _points(entry: Any) -> str:
    return f"{round(entry.score, 4):g} of {round(entry.max_score, 4):g}"


def _grade_line(grade: Any) -> str:
    waits = "  waits for a person" if grade.needs_manual_grade else ""
    return f"{grade.name}: {_points(grade)}{waits}"


def _comment_lines(comment: Any) -> str:
    if not comment.comment:
        return ""
    return "\n  ".join([f"{comment.name} says:", *comment.comment.splitlines()])


def check_lines(course: Path) -> str:
    """Return what came of each check, as ``pawmark grades --json`` tells it.

    This is the one place that knows the form of these JSON objects.
    """
    grades = json.loads(run(course, "pawmark", "grades", "--json", environment={}))
    lines = []
    graded = [grade for grade in grades if grade["exercises"]]
    for grade in sorted(graded, key=lambda grade: (grade["assignment"], grade["student"])):
        lines.append(f"== {grade['assignment']} {grade['student']}")
        lines += [f"repaired: {repair}" for repair in grade["repairs"]]
        for exercise in grade["exercises"]:
            lines.append(f"{exercise['exercise']}:")
            lines += [line for check in exercise["checks"] for line in _check_lines(check)]
    return "\n".join(lines) + "\n"


def _check_lines(check: dict[str, Any]) -> Iterator[str]:
    worth = f"{check['points']:.4f} of {check['max_points']:.4f}"
    yield f"  {check['check']}: {check['outcome']}, {worth}"
    for name in ("message", "got", "expected"):
        if check.get(name):
            yield f"    {name}: {check[name]}"
    if check.get("picture"):
        yield f"    picture: {check['picture']['alt']}"


def without_usage(table: str) -> str:
    """Leave out of a table of scores the columns of seconds and memory."""
    rows = list(csv.reader(io.StringIO(table)))
    kept = [n for n, title in enumerate(rows[0]) if title not in ("seconds", "memory MiB")]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[row[n] for n in kept] for row in rows])
    return text.getvalue()
