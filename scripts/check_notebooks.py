"""Check that hand-edited notebooks are valid, have no outputs and keep their cell ids apart."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from nbformat.validator import iter_validate


def problems_of(path: Path) -> list[str]:
    """List what is wrong with one notebook, each as a readable sentence."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return [f"is not JSON: {error}"]
    # A merge can leave valid JSON that is no notebook. nbformat.validate would mend ids on the way.
    errors = iter_validate(content, version=4, version_minor=5, relax_add_props=True)
    if error := next(errors, None):
        return [f"is not a notebook of format 4.5: {str(error).splitlines()[0]}"]
    return format_problems(content) + cell_problems(content["cells"])


def format_problems(content: dict) -> list[str]:
    """Say where format and kernel differ from the one that all notebooks here share."""
    problems = []
    version = (content["nbformat"], content["nbformat_minor"])
    if version != (4, 5):
        problems.append(f"has format {version[0]}.{version[1]}; save it as 4.5")
    kernel = content["metadata"].get("kernelspec", {}).get("name")
    if kernel != "python3":
        problems.append(f"asks for the kernel {kernel!r}; choose python3")
    return problems


def cell_problems(cells: list[dict]) -> list[str]:
    """Say which cells hold outputs, and which ids or grade_ids occur twice."""
    problems = [
        f"cell {cell['id']} holds outputs; clear all outputs before saving"
        for cell in cells
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"] is not None)
    ]
    ids = [cell["id"] for cell in cells]
    grade_ids = [
        cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if "nbgrader" in cell["metadata"]
    ]
    for kind, names in (("id", ids), ("grade_id", grade_ids)):
        twice = [name for name, count in Counter(names).items() if count > 1]
        problems += [f"{kind} {name} is used by more than one cell" for name in twice]
    return problems


def notebooks_in(paths: list[Path]) -> list[Path]:
    """Find the notebooks among files and, below folders, those that are not editor copies."""
    found = []
    for path in paths:
        below = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [book for book in below if ".ipynb_checkpoints" not in book.parts]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Check every notebook named, print each problem and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    books = notebooks_in(parser.parse_args(arguments).paths)
    problems = [f"{book} {problem}" for book in books for problem in problems_of(book)]
    for problem in problems:
        print(problem)
    print(f"{len(books)} notebooks checked, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
