"""The texts that are expected: scores and messages as plain files, pages packed into one."""

import difflib
import json
import lzma
from pathlib import Path

from .outputs import Texts

FOLDER = Path(__file__).resolve().parent / "expected"
_PAGES = "pages.json.xz"  # of ten megabytes, pages that share most of their lines leave little
_SHOWN = 60


def load(name: str) -> Texts:
    """Return what is expected of a class; nothing where that was never written."""
    folder = FOLDER / name
    if not folder.is_dir():
        return {}
    plain = [path for path in folder.iterdir() if path.name != _PAGES]
    pages = json.loads(lzma.decompress((folder / _PAGES).read_bytes()))
    return {path.name: path.read_text(encoding="utf-8") for path in plain} | pages


def store(name: str, texts: Texts) -> None:
    """Write anew what is expected of a class."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    pages = {key: text for key, text in texts.items() if key.endswith(".html")}
    for key in texts.keys() - pages.keys():
        (folder / key).write_text(texts[key], encoding="utf-8", newline="\n")
    packed = json.dumps(pages, sort_keys=True, ensure_ascii=False).encode()
    (folder / _PAGES).write_bytes(lzma.compress(packed, preset=9))


def differences(expected: Texts, got: Texts) -> list[str]:
    """Return a diff, as a person reads it, for each text that is not the same."""
    return [
        _difference(name, expected.get(name, ""), got.get(name, ""))
        for name in sorted(expected.keys() | got.keys())
        if expected.get(name) != got.get(name)
    ]


def _difference(name: str, expected: str, got: str) -> str:
    lines = difflib.unified_diff(
        expected.split("\n"), got.split("\n"), f"expected {name}", f"got {name}", lineterm="", n=1
    )
    shown = [line if len(line) < 400 else f"{line[:400]} ..." for line in lines]
    more = [f"... and {len(shown) - _SHOWN} more lines"] if len(shown) > _SHOWN else []
    return "\n".join(shown[:_SHOWN] + more)
