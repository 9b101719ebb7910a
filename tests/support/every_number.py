"""Every number that a course tells of a student, from every command, page and file.

``python every_number.py COURSE`` prints them as JSON: by where it was told, and by assignment and
student. It runs in a process of its own, as commands choose the plugin of the course.
"""

import csv
import html
import io
import json
import os
import re
import sys
from pathlib import Path

from typer.testing import CliRunner

from pawmark import cli

Numbers = dict[str, float | None]


def main() -> None:
    """Print what is told in the course that is named, as JSON."""
    os.chdir(sys.argv[1])
    told = {"grades --json": _of_json(), "grades": _of_table()}
    told["penalties"] = {"grades --json": _of_json("late_penalty")}
    told["refused"] = _is_refused()
    said = _command("report", "--csv", "plain.csv", "--not-final", may_end_with=(0,))
    told |= {"report": _of_report(), "plain.csv": _of_spreadsheet(), "said": said}
    told["sums"] = _sums()
    told["penalties"]["plain.csv"] = _of_spreadsheet("late penalty")
    told["account"] = _account()
    told["percent"] = _percent()
    for form in ("moodle", "canvas"):
        _command("report", "--csv", f"{form}.csv", "--lms", form, "--not-final")
        told[f"{form}.csv"] = _of_lms(form)
    told["feedback"] = _of_feedback()
    told["nbgrader export"] = _of_nbgrader()
    print(json.dumps(told))


def _command(*words: str, may_end_with: tuple[int, ...] = (0,)) -> str:
    done = CliRunner().invoke(cli.app, list(words), prog_name="pawmark")
    code = getattr(done.exception, "exit_code", done.exit_code)
    if code not in may_end_with:
        raise SystemExit(f"{words}: {code}: {done.exception} {done.output}")
    return done.output


def _key(assignment: str, student: str) -> str:
    return f"{assignment} {student}"


def _number(text: str) -> float | None:
    """Return the points in words like ``5 of 8, waits``; None where there are none."""
    found = re.match(r"(-?[\d.]+)( of |$)", text.strip())
    return float(found[1]) if found else None


def _of_json(what: str = "score") -> Numbers:
    told = json.loads(_command("grades", "--json"))
    return {_key(one["assignment"], one["student"]): one[what] for one in told}


def _of_table() -> Numbers:
    lines = _command("grades").splitlines()
    rows = [re.split("[│┃|]", line)[1:-1] for line in lines if re.match("[│┃|]", line)]
    (_, *names), *body = [[cell.strip() for cell in row] for row in rows]
    return {
        _key(name, who): _number(cell)
        for who, *cells in body
        for name, cell in zip(names, cells, strict=True)
    }


def _is_refused() -> bool:
    """Tell whether a file is refused, and not written, as grades are not final."""
    done = CliRunner().invoke(cli.app, ["report", "--csv", "refused.csv"])
    refused = getattr(done.exception, "exit_code", 0) == 3
    assert refused != Path("refused.csv").exists()
    return refused


def _of_report() -> Numbers:
    text = Path("report.html").read_text(encoding="utf-8")
    numbers: Numbers = {}
    for part in re.split(r'<section aria-labelledby="', text)[1:]:
        name = part.partition('"')[0]
        table = part.partition("<h3>All students</h3>")[2]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]:
            who = re.search(r'<th scope="row">(.*?)</th>', row)
            points = re.search(r'<td class="number">(.*?)</td>', row)
            assert who is not None
            assert points is not None
            numbers[_key(name, html.unescape(who[1]))] = _number(points[1])
    return numbers


def _rows(name: str, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Path(name).read_text(encoding=encoding))))


def _of_spreadsheet(column: str = "score") -> Numbers:
    head, *body = _rows("plain.csv", "utf-8-sig")
    found = [dict(zip(head, row, strict=True)) for row in body]
    return {_key(one["assignment"], one["student"]): _number(one[column]) for one in found}


def _account() -> dict[str, Numbers]:
    """Return what the columns of points add up to, before the penalty and without it."""
    names = "by checks", "by people", "extra credit", "before penalty", "late penalty"
    checks, people, extra, before, late = map(_of_spreadsheet, names)
    there = [key for key, points in before.items() if points is not None]
    return {
        "before": {key: before[key] for key in there},
        "given": {key: round(checks[key] + people[key] + extra[key], 9) for key in there},
        "left": {key: round(before[key] - late[key], 9) for key in there},
    }


def _percent() -> dict[str, list[float | None]]:
    """Return score, what could be reached and percent of everybody who has a grade."""
    columns = [_of_spreadsheet(name) for name in ("score", "out of", "percent")]
    return {key: [column[key] for column in columns] for key in columns[2] if columns[2][key]}


def _sums() -> Numbers:
    """Return what the columns of the exercises add up to, without the penalty."""
    head, *body = _rows("plain.csv", "utf-8-sig")
    exercises = [name for name in head if re.fullmatch(r"\d\d-[a-z-]+", name)]
    sums: Numbers = {}
    for row in body:
        one = dict(zip(head, row, strict=True))
        if one["score"]:
            total = sum(float(one[name] or 0) for name in exercises)
            sums[_key(one["assignment"], one["student"])] = total - float(one["late penalty"])
    return sums


def _of_lms(form: str) -> Numbers:
    head, *body = _rows(f"{form}.csv", "utf-8")
    who = {"moodle": 0, "canvas": 3}[form]
    names = head[5:]
    body = body[1:] if form == "canvas" else body
    return {
        _key(name, row[who]): _number(cell)
        for row in body
        for name, cell in zip(names, row[5:], strict=True)
    }


def _of_feedback() -> Numbers:
    numbers: Numbers = {}
    for path in Path("feedback").glob("*/*/*.html"):
        found = re.search(r'<p class="score-number">([\d.-]+) ', path.read_text(encoding="utf-8"))
        numbers[_key(path.parent.name, path.parent.parent.name)] = float(found[1])
    return numbers


def _of_nbgrader() -> Numbers:
    head, *body = _rows("grades.csv", "utf-8")
    found = [dict(zip(head, row, strict=True)) for row in body]
    return {
        _key(one["assignment"], one["student_id"]): round(float(one["score"]), 2) for one in found
    }


if __name__ == "__main__":
    main()
