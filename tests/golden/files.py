"""Texts that were expected, kept small: pages share most of their lines."""

import difflib
import json
from itertools import groupby
from pathlib import Path

from .outputs import Texts

FOLDER = Path(__file__).resolve().parent / "expected"
_PAGES = "feedback.json"
_SHOWN = 60


def store(name: str, texts: Texts) -> None:
    """Write what is expected of a class; feedback pages go into one file of shared lines."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    pages = {key: text for key, text in texts.items() if key.startswith("feedback/")}
    for key, text in texts.items():
        if key not in pages:
            (folder / key).write_text(text, encoding="utf-8")
    (folder / _PAGES).write_text(json.dumps(_packed(pages), indent=0, ensure_ascii=False) + "\n")


def load(name: str) -> Texts:
    """Read what is expected of a class."""
    folder = FOLDER / name
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir())
        if path.name != _PAGES
    }
    tree = json.loads((folder / _PAGES).read_text(encoding="utf-8"))
    lines = tree["lines"]
    for key, runs in tree["pages"].items():
        numbers = [n for first, last in _runs(runs) for n in range(first, last + 1)]
        texts[key] = "".join(lines[n] for n in numbers)
    return texts


def _packed(pages: Texts) -> dict:
    """Return each line once, and every page as runs of line numbers: ``0-70 95 71-90``."""
    known: dict[str, int] = {}
    packed = {}
    for key, text in pages.items():
        numbers = [known.setdefault(line, len(known)) for line in text.splitlines(keepends=True)]
        stretches = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
        runs = [[number for _, number in stretch] for _, stretch in stretches]
        packed[key] = " ".join(
            f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs
        )
    return {"pages": packed, "lines": list(known)}


def _runs(text: str) -> list[tuple[int, int]]:
    return [(int(run.split("-")[0]), int(run.split("-")[-1])) for run in text.split()]


def difference(name: str, expected: str, got: str) -> str:
    """Return the first lines of a diff, as a person reads it; empty when both are the same."""
    lines = difflib.unified_diff(
        expected.splitlines(), got.splitlines(), f"expected {name}", f"got {name}", lineterm="", n=1
    )
    shown = [line if len(line) < 400 else f"{line[:400]} ..." for line in lines]
    more = [f"... and {len(shown) - _SHOWN} more lines"] if len(shown) > _SHOWN else []
    return "\n".join(shown[:_SHOWN] + more)
