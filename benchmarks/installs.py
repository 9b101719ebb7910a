"""Measures what an install brings: packages, bytes on disk, and the time that it takes.

``python -m benchmarks.installs`` builds both wheels from here and installs each of the two ways
into an environment of its own; ``--before COMMIT`` installs the wheel of an older commit beside
them. What is downloaded comes from a cache where that has it, so the network is in the time of a
first run only. On a busy machine processor time says more than the clock. ``--with uv`` comes to
the same files sooner; a student has pip.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Install:
    """One way to install, and what came of it.

    Attributes
    ----------
    name
        What a person would say was installed.
    packages
        Distributions, pip not counted.
    megabytes
        What they take on disk, their compiled modules with them, in millions of bytes.
    largest
        The five largest folders among the packages, in megabytes.
    seconds, processor_seconds
        What installing took, by the clock and of processors.
    """

    name: str
    packages: int
    megabytes: int
    largest: dict[str, int]
    seconds: float
    processor_seconds: float


def build(checkout: Path, target: Path) -> Path:
    """Build the wheel of a folder that holds a pyproject.toml; return it."""
    before = set(target.glob("*.whl"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    (wheel,) = set(target.glob("*.whl")) - before
    return wheel


def checkout_of(commit: str, folder: Path) -> Path:
    """Unpack a commit of this repository."""
    folder.mkdir()
    archive = ["git", "archive", "--output", f"{folder}.tar", commit]
    subprocess.run(archive, cwd=ROOT, check=True)  # noqa: S603
    shutil.unpack_archive(f"{folder}.tar", folder, filter="data")
    return folder


def measure(name: str, asked: str, wheels: Path, folder: Path, tool: str = "pip") -> Install:
    """Install into a new environment, and remove it again.

    Parameters
    ----------
    name
        What the row is called.
    asked
        What is to be installed: a wheel, with extras or without.
    wheels
        The folder of wheels that no index has.
    folder
        One that is not there yet.
    tool
        ``pip`` or ``uv``.
    """
    venv.create(folder, with_pip=True)
    (site,) = folder.glob("lib/python*/site-packages")
    own = {entry.name for entry in site.iterdir()}  # pip and what it brings
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install"]
    if tool == "uv":  # pip compiles modules by itself
        command = [Path(sys.executable).with_name("uv"), "pip", "install", "--compile-bytecode"]
        command += ["--python", python]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "--quiet", "--find-links", wheels, asked], check=True)  # noqa: S603
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    sizes = {entry.name: size_of(entry) for entry in site.iterdir() if entry.name not in own}
    found = Install(
        name,
        packages=sum(one.endswith(".dist-info") for one in sizes),
        megabytes=round(sum(sizes.values()) / MEGABYTE),
        largest={
            one: round(sizes[one] / MEGABYTE)
            for one in sorted(sizes, key=sizes.__getitem__, reverse=True)[:5]
        },
        seconds=round(seconds, 1),
        processor_seconds=round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1
        ),
    )
    shutil.rmtree(folder)
    return found


def size_of(path: Path) -> int:
    """Return the bytes that a file, or a folder with all that is in it, takes on disk."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_blocks * 512 for file in files if not file.is_symlink())


def installs(before: str | None, folder: Path, tool: str) -> Iterator[Install]:
    """Measure each way in turn."""
    wheels = folder / "wheels"
    wheels.mkdir()
    student = build(ROOT, wheels)
    build(ROOT / "packaging" / "grader", wheels)
    yield measure("pawmark", str(student), wheels, folder / "student", tool)
    yield measure("pawmark[grader]", f"{student}[grader]", wheels, folder / "grader", tool)
    if before is not None:
        older = folder / "older wheels"
        older.mkdir()
        wheel = build(checkout_of(before, folder / "older"), older)
        yield measure(f"pawmark of {before}", str(wheel), older, folder / "before", tool)


def main() -> None:
    """Measure, print a table, and write it with the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", metavar="COMMIT", help="an older commit to install beside them")
    parser.add_argument("--with", dest="tool", choices=("pip", "uv"), default="pip")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="installs-") as folder:
        for row in installs(chosen.before, Path(folder), chosen.tool):
            size = f"{row.packages:>5} packages{row.megabytes:>7} MB"
            took = f"{row.seconds:>8} s{row.processor_seconds:>8} s of processors"
            print(f"{row.name:<28}{size}{took}", flush=True)
            rows.append(asdict(row))
    report = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "tool": chosen.tool,
        "load": round(os.getloadavg()[0], 1),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "installs": rows,
    }
    target = RESULTS / "installs.json"
    target.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
