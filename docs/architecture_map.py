"""The map of the rooms, drawn from the import contracts in pyproject.toml."""

import html
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTER, INNER = "Layers of the project", "Layers of grading"
UNTRUSTED = "inside"
_WIDTH, _HEIGHT, _GAP = 720, 34, 8


def layers(name: str, root: Path = ROOT) -> list[list[str]]:
    """Return the layers of a contract from the top down, each a list of rooms side by side."""
    tools = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = {contract["name"]: contract for contract in tools["importlinter"]["contracts"]}
    return [
        [room.strip(" ()") for room in layer.replace(":", "|").split("|")]
        for layer in contracts[name]["layers"]
    ]


def architecture_map() -> str:
    """Return the map as an SVG with a title: layers as rows, those of grading within their own."""
    outer, inner = layers(OUTER), layers(INNER)
    parts, top = [], _GAP
    for rooms in outer:
        if rooms == ["grading"]:
            height = len(inner) * (_HEIGHT + _GAP) + 2 * _GAP + 18
            parts.append(_box(_GAP, top, _WIDTH - 2 * _GAP, height, "", "room frame"))
            parts.append(_text(_GAP + 12, top + 19, "grading: the engine"))
            below = top + 18 + _GAP
            for row in inner:
                parts += _row(row, 4 * _GAP, below, _WIDTH - 8 * _GAP)
                below += _HEIGHT + _GAP
        else:
            height = _HEIGHT
            parts += _row(rooms, _GAP, top, _WIDTH - 2 * _GAP)
        top += height + _GAP
    words = "Rooms of the code, from the command line at the top to what everything uses below"
    return (
        f'<svg class="architecture" role="img" viewBox="0 0 {_WIDTH} {top}" '
        f'xmlns="http://www.w3.org/2000/svg" aria-label="{html.escape(words)}">'
        f"<title>{html.escape(words)}</title>{''.join(parts)}</svg>"
    )


def _row(rooms: list[str], left: float, top: float, width: float) -> list[str]:
    each = (width - _GAP * (len(rooms) - 1)) / len(rooms)
    return [
        _box(left + i * (each + _GAP), top, each, _HEIGHT, room, _kind(room))
        for i, room in enumerate(rooms)
    ]


def _kind(room: str) -> str:
    return "room untrusted" if room == UNTRUSTED else "room"


def _box(left: float, top: float, width: float, height: float, words: str, kind: str) -> str:
    words = f"{words} (beside student code)" if "untrusted" in kind else words
    rect = f'<rect class="{kind}" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/>'
    return rect + (_text(left + width / 2, top + height / 2 + 5, words, "middle") if words else "")


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{html.escape(words)}</text>'
