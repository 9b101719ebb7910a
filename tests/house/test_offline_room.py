"""A room without a network: the commands of the students' guide, as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# What drawing photographs takes; the whole lock is a gigabyte, and installed in the same way.
NEEDED = ("numpy", "pillow", "typer", "rich", "filelock", "platformdirs", "requests", "packaging")


def blocks():
    """Return the lines of each block of the section: collecting, installing, and a copy."""
    text = (ROOT / "docs" / "students.md").read_text()
    section = text.partition("## In a room without a network")[2].partition("\n## ")[0]
    return [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]


def closure(names):
    """Return the names of packages with all that they ask for here."""
    found, todo = set(), list(names)
    while todo:
        name = todo.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            asked = map(Requirement, metadata.requires(name) or ())
            todo += [
                one.name for one in asked if not one.marker or one.marker.evaluate({"extra": ""})
            ]
    return found


def test_the_guide_has_both_halves():
    """What is carried is collected by pip from the lock, and installed from there alone."""
    collecting, installing, _ = blocks()

    assert "requirements.lock" in collecting[1]
    assert [line.split()[0] for line in installing] == [
        "python3",
        *[".venv/bin/pip"] * 2,
        ".venv/bin/pawmark",
    ]
    assert all("--no-index" in line for line in installing if "/pip " in line)


@pytest.mark.slow
def test_a_room_without_a_network(tmp_path):
    """What was collected installs where there is no network, and draws photographs there."""
    collecting, installing, _ = blocks()
    course, room = tmp_path / "a course", tmp_path / "a room"
    course.mkdir()
    room.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, course)
    shutil.copytree(ROOT / "src", course / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (course / ".venv").symlink_to(Path(sys.prefix))
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / "requirements.lock").read_text())
    wanted = closure(NEEDED)
    kept = [entry for entry in entries if entry.split("==")[0] in wanted]
    (course / "requirements.lock").write_text("\n".join(kept) + "\n")

    def shell(lines, folder, *before, **more):
        return subprocess.run(
            [*before, "sh", "-e", "-c", "\n".join(lines)],
            cwd=folder,
            env=os.environ | more,
            capture_output=True,
            text=True,
            check=False,
        )

    collected = shell(collecting[1:], course)  # the first line makes the environment that is here
    if collected.returncode and "No matching distribution" in collected.stderr:
        pytest.skip(f"packages cannot be had here: {collected.stderr.strip()[-200:]}")
    assert collected.returncode == 0, collected.stderr
    (course / "wheelhouse").rename(room / "wheelhouse")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    alone = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []

    last = ".venv/bin/pawmark data make --count 12 --path"
    done = shell(
        [*installing[:-1], last], room, *alone, PATH=path, PAWMARK_CACHE=str(tmp_path / "cache"),
        PIP_INDEX_URL="http://127.0.0.1:9/", PIP_EXTRA_INDEX_URL="", PIP_FIND_LINKS="",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.splitlines()[-1]) / "images").is_dir()
    assert Path(room / ".venv/bin/pawmark").exists()
