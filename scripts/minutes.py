"""Works out how long a notebook takes, and writes it into its first table.

``python scripts/minutes.py`` shows the minutes of all notebooks; ``--write`` puts them into
source/.

Reading counts the words of the text at 200 a minute; hints, and what is not graded at the end, are
left out, answers are not. Coding is the sum of what the exercises say. Running is what the
benchmark measured for stock nbgrader, which runs whole notebooks, on two cores
(benchmarks/results/full.json). The whole is rounded up to five minutes.
"""

import argparse
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCHMARK = ROOT / "benchmarks" / "results" / "full.json"
WORDS_A_MINUTE = 200
HINT = re.compile(r"<details><summary>Hint:.*?</details>", re.DOTALL)
UNGRADED = re.compile(r"^## Stretch.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
PROGRAM = re.compile(r"```.*?```", re.DOTALL)
EXERCISE = re.compile(r"^\*About (\d+) minutes · difficulty \d of 5", re.MULTILINE)
TRY_IT = re.compile(r"^\*Ungraded · about (\d+) minutes", re.MULTILINE)
ROW = re.compile(r"\| \*\*Time\*\* \| .*? \|")


@dataclass(frozen=True)
class Minutes:
    """How long a notebook takes, by what one does."""

    reading: int
    coding: int
    running: int

    @property
    def whole(self) -> int:
        """The sum, rounded up to five minutes."""
        return 5 * math.ceil((self.reading + self.coding + self.running) / 5)


def prose(notebook: Path) -> str:
    """Return the text of all Markdown cells."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def words(text: str) -> int:
    """Count the words that everyone reads."""
    for left_out in (HINT, UNGRADED, PROGRAM, ROW):
        text = left_out.sub("", text)
    return len(re.findall(r"[A-Za-z0-9][\w'.,-]*", text))


def minutes(notebook: Path) -> Minutes:
    """Work out the minutes of a notebook."""
    text = prose(notebook)
    return Minutes(
        reading=math.ceil(words(text) / WORDS_A_MINUTE),
        coding=sum(map(int, EXERCISE.findall(text))),
        running=math.ceil(seconds(notebook.stem) / 60),
    )


def seconds(assignment: str) -> float:
    """Return how long one run of a notebook took in the benchmark, nbgrader's own work included."""
    found = json.loads(BENCHMARK.read_text(encoding="utf-8"))
    for kind in ("untrained", "trained"):
        whole = found.get(f"stock {kind} {assignment}")
        if whole is not None:
            submissions = found[f"profile {kind}"]["submissions"]
            return whole / sum(one["assignment"] == assignment for one in submissions)
    raise SystemExit(f"{BENCHMARK} knows no {assignment}: run the benchmark first.")


def row(notebook: Path) -> str:
    """Write the row of the first table: the minutes, the exercises and their points."""
    took, text = minutes(notebook), prose(notebook)
    points = map(int, re.findall(r"^### .* · (\d+) points?$", text, re.MULTILINE))
    count = len(EXERCISE.findall(text))
    extra = sum(map(int, TRY_IT.findall(UNGRADED.sub("", text))))
    more = f", and {extra} more for what is marked as ungraded" if extra else ""
    return (
        f"| **Time** | about {took.whole} minutes: {took.reading} to read, {took.coding} for "
        f"{count} exercises, {took.running} to wait{more}; {sum(points)} points |"
    )


def notebooks() -> list[Path]:
    """Return the source notebooks."""
    return sorted(ROOT.glob("source/*/*.ipynb"))


def write(notebook: Path) -> None:
    """Put the row into a notebook, and leave everything else as it is."""
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(ROW.sub(lambda _: row(notebook), text, count=1), encoding="utf-8")


def main() -> None:
    """Show the minutes, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write them into source/")
    given = parser.parse_args()
    for notebook in notebooks():
        if given.write:
            write(notebook)
        print(notebook.stem, row(notebook))


if __name__ == "__main__":
    main()
