"""The map of the code in docs/architecture.md agrees with the code."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import architecture_map  # noqa: E402  (a module of the documentation)

PACKAGE = ROOT / "src" / "pawmark"


def rooms_of(folder):
    """Return the names of the rooms in a folder: packages and modules, but for dunder ones."""
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return {name for name in names if not name.startswith("__")}


def test_the_map_shows_every_room():
    """A room that is in no layer would be on no map and under no contract."""
    outer = {room for layer in architecture_map.layers(architecture_map.OUTER) for room in layer}
    inner = {room for layer in architecture_map.layers(architecture_map.INNER) for room in layer}

    assert outer == rooms_of(PACKAGE)
    assert inner == rooms_of(PACKAGE / "grading")


def test_the_map_is_drawn():
    """The picture names every room and marks the one that student code may take over."""
    drawn = architecture_map.architecture_map()

    rooms = rooms_of(PACKAGE) | rooms_of(PACKAGE / "grading")
    assert all(f">{room}" in drawn for room in rooms - {"grading", "inside"})
    assert drawn.count('class="room untrusted"') == 1


def test_places_named_by_the_page_exist():
    """Each place in "Where do I change" is there."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("## Where do I change")[1].split("\n## ")[0]
    paths = [path for path in re.findall(r"`((?:src|tests)/[\w./-]+)`", table) if "NN_" not in path]

    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
