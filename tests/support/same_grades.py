"""What two gradings of one class wrote, in a form in which equal ones are equal.

Times that grading took, and the random ids of rows, are left out; ids of rows are named by what
they are of.
"""

import json
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, select

_TIMES = ("seconds", "run")
# By table: its natural name, as columns; one that holds an id of another table is named by that.
_NAMES = {
    "course": ("id",),
    "assignment": ("name",),
    "notebook": ("assignment_id", "name"),
    "base_cell": ("notebook_id", "name", "type"),
    "student": ("id",),
    "submitted_assignment": ("assignment_id", "student_id"),
    "submitted_notebook": ("assignment_id", "notebook_id"),
    "grade": ("notebook_id", "cell_id"),
    "comment": ("notebook_id", "cell_id"),
}


def rows_of(address: str) -> dict[str, list[str]]:
    """Return all rows of a gradebook by table, each as text."""
    engine = create_engine(address)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in tables.tables.items()
        }
    engine.dispose()
    named: dict[str, str] = {}
    for table, columns in _NAMES.items():
        for row in found[table]:
            named[row["id"]] = " / ".join(named.get(row[c], str(row[c])) for c in columns)
    return {
        table: sorted(
            repr({column: named.get(value, value) for column, value in row.items()}) for row in rows
        )
        for table, rows in found.items()
    }


def files_of(autograded: Path) -> dict[str, tuple[str, Any]]:
    """Return every file and folder below one with its mode; files with their content.

    Where records name the course folder, they say so instead.
    """
    found = sorted(autograded.rglob("*"))
    root = str(autograded.parent)
    return {
        path.relative_to(autograded).as_posix(): (
            stat.filemode(path.lstat().st_mode),
            _in(path, root),
        )
        for path in found
    }


def _in(path: Path, root: str) -> Any:
    if path.is_dir():
        return None
    if path.name.endswith(".record.json"):
        tree = json.loads(path.read_text(encoding="utf-8").replace(root, "COURSE"))
        return {name: value for name, value in tree.items() if name not in _TIMES}
    return path.read_bytes()
