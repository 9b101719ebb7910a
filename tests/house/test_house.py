"""The house around the code: the lock, the set-up scripts and the notebook check."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "uname", "id", "mktemp", "grep", "tail", "rm", "env", "mkdir", "cksum",
         "cat", "sed", "sleep")  # fmt: skip


@pytest.fixture
def bin_folder(tmp_path):
    """Make a folder to use as the whole PATH, with nothing on it but the tools of any system."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


@pytest.fixture
def scripts(tmp_path):
    """Copy the set-up scripts, so that what they build lands in a temporary folder with a space."""
    repository = tmp_path / "a copy"
    shutil.copytree(ROOT / "scripts", repository / "scripts")
    for name in ("requirements.lock", "requirements-gpu.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, repository)
    return repository / "scripts"


def put_tool(folder, name, lines):
    """Write an executable shell script, in the place of a tool that is there."""
    path = folder / name
    path.unlink(missing_ok=True)  # of a link: what it points to is the system's
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


def run_script(script, bin_folder, **environment):
    """Run a set-up script with that PATH and return what it printed and its status."""
    return subprocess.run(
        [bin_folder / "sh", script],
        env={"PATH": str(bin_folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def locked(text):
    """Return the entries of a lock: what is asked for, with the marker, and the hashes."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + text)[1:]
    return {entry.partition(" \\")[0]: set(re.findall(r"--hash=\S+", entry)) for entry in entries}


@pytest.mark.parametrize(
    ("lock", "least"), [("requirements.lock", 100), ("requirements-gpu.lock", 30)]
)
def test_lock_has_hashes_and_no_addresses(lock, least):
    """Every package in a lock has a version and a hash, and none says where to fetch it."""
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]

    assert len(entries) > least
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|^-|@ ", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
    ],
)
def test_the_lock_has_one_tensorflow_for_each_system(system, machine, name):
    """The small build where there is one, the only one elsewhere; both are of one version."""
    here = {"sys_platform": system, "platform_machine": machine}
    entries = map(Requirement, locked((ROOT / "requirements.lock").read_text()))
    builds = [entry for entry in entries if entry.name.startswith("tensorflow")]

    assert [entry.name for entry in builds if entry.marker.evaluate(here)] == [name]
    assert len({str(entry.specifier) for entry in builds}) == 1


def test_what_is_left_out_is_in_no_lock():
    """And the environment is installed without what pip would add by itself."""
    text = (ROOT / "packaging" / "excludes.txt").read_text()
    excluded = {line for line in text.splitlines() if line and not line.startswith("#")}
    names = {
        Requirement(entry).name
        for lock in ("requirements.lock", "requirements-gpu.lock")
        for entry in locked((ROOT / lock).read_text())
    }
    script = (ROOT / "scripts" / "environment.sh").read_text()

    assert excluded
    assert excluded.isdisjoint(names)
    assert script.count("--require-hashes") == script.count("--no-deps --require-hashes")


def test_with_a_graphics_card_the_other_build_is_installed(bin_folder, scripts, tmp_path):
    """TENSORFLOW=gpu takes the small build away, and installs the one for CUDA with its libraries.

    Which one .venv has is kept: the next make without a word about it changes nothing.
    """
    record = tmp_path / "record"
    venv = scripts.parent / ".venv"
    (venv / "bin").mkdir(parents=True)
    put_tool(
        venv / "bin", "python", f"echo \"$*\" >>'{record}'; case $2 in *version*) echo 3.12;; esac"
    )
    (venv / "bin" / "pip").write_text(f"#!{venv.resolve()}/bin/python\n")

    for kind in ("gpu", ""):
        done = run_script(scripts / "environment.sh", bin_folder, TENSORFLOW=kind)
        assert done.returncode == 0, done.stderr
    said = record.read_text()
    whole = (ROOT / "requirements.lock").read_text()
    made = locked((scripts.parent / "build" / "requirements.lock").read_text())
    here = {"sys_platform": "linux", "platform_machine": "x86_64", "python_full_version": "3.12.4"}
    wanted = [r for r in map(Requirement, made) if r.marker is None or r.marker.evaluate(here)]
    versions = {}
    for requirement in wanted:
        versions.setdefault(requirement.name, set()).add(str(requirement.specifier))

    assert said.index("uninstall --quiet --yes tensorflow-cpu") < said.index("--require-hashes")
    assert said.count("--require-hashes -r build/requirements.lock") == 1
    assert "tensorflow" in versions
    assert "nvidia-cudnn-cu12" in versions
    assert "tensorflow-cpu" not in versions
    assert all(len(found) == 1 for found in versions.values())
    assert {Requirement(name).name for name in locked(whole)} - set(versions) >= {"tensorflow-cpu"}
    assert all(made.values())


def test_another_tensorflow_than_these_two_is_refused(bin_folder, scripts):
    """A kind that there is not is named, and nothing is made or installed."""
    result = run_script(scripts / "environment.sh", bin_folder, TENSORFLOW="rocm")

    assert result.returncode == 1
    assert "TENSORFLOW is rocm; it can be cpu or gpu" in result.stderr
    assert not (scripts.parent / ".venv").exists()


def test_a_mac_with_an_intel_processor_is_refused_before_pip(bin_folder, scripts):
    """There is no TensorFlow for it: that is said at once, with what can be done."""
    put_tool(bin_folder, "uname", "case $1 in -s) echo Darwin;; -m) echo x86_64;; esac")
    put_tool(bin_folder, "python3", "echo 3.12")

    result = run_script(scripts / "environment.sh", bin_folder)

    assert result.returncode == 1
    assert "Mac with an Intel processor" in result.stderr
    assert "virtual machine or a container" in result.stderr
    assert not (scripts.parent / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...: [Errno 101] "
            "Network is unreachable)': /simple/numpy/\nERROR: No matching distribution found",
            "this machine has no network",
        ),
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "pip's message is above"),
    ],
)
def test_what_stopped_pip_is_said(bin_folder, scripts, said, told):
    """A missing network or a full disk is called that, below what pip said itself."""
    venv = scripts.parent / ".venv"
    (venv / "bin").mkdir(parents=True)
    pip = (
        f'case $* in *version_info*) echo 3.12;; *pip\\ install*) echo "{said}" >&2; exit 1;; esac'
    )
    put_tool(venv / "bin", "python", pip)
    (venv / "bin" / "pip").write_text(f"#!{venv.resolve()}/bin/python\n")

    result = run_script(scripts / "environment.sh", bin_folder)

    assert result.returncode == 1
    assert said in result.stderr
    assert result.stderr.splitlines()[said.count("\n") + 1].startswith("pawmark: ")
    assert told in result.stderr.splitlines()[said.count("\n") + 1]


@pytest.mark.slow
def test_a_long_installation_says_that_it_goes_on(bin_folder, scripts):
    """Off a terminal somebody who waits reads a line every half minute."""
    venv = scripts.parent / ".venv"
    (venv / "bin").mkdir(parents=True)
    pip = "case $* in *version_info*) echo 3.12;; *require-hashes*) sleep 33;; esac"
    put_tool(venv / "bin", "python", pip)
    (venv / "bin" / "pip").write_text(f"#!{venv.resolve()}/bin/python\n")

    start = time.monotonic()
    result = run_script(scripts / "environment.sh", bin_folder)

    assert result.returncode == 0, result.stderr
    assert "pawmark: still installing after 30 s\n" in result.stdout
    assert time.monotonic() - start < 60  # nothing that still sleeps is waited for


def test_help_comes_first_and_lists_targets():
    """Plain `make` is `make help`, and names every target of the README's quickstarts."""
    listing = subprocess.run(
        ["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert all(f"  {name} " in listing for name in ("demo", "test", "test-all", "lab", "lint"))


def test_set_up_without_suitable_python(bin_folder, scripts):
    """An unsuitable Python is named with its version, and so is the way to choose another."""
    put_tool(bin_folder, "python3", "echo 3.9")

    result = run_script(scripts / "environment.sh", bin_folder)

    assert result.returncode == 1
    assert "python3 is 3.9" in result.stderr
    assert "PYTHON=" in result.stderr
    assert not (scripts.parent / ".venv").exists()


def test_set_up_without_chosen_python(bin_folder, scripts):
    """A PYTHON that does not run is refused by name: no other is taken in its place."""
    put_tool(bin_folder, "python3", "echo 3.12")

    result = run_script(scripts / "environment.sh", bin_folder, PYTHON="python3.99")

    assert result.returncode == 1
    assert "python3.99" in result.stderr


@pytest.mark.parametrize("manager", ["apt-get", "dnf", "apk", "pacman", "zypper", None])
def test_missing_sandbox_never_stops_the_build(bin_folder, scripts, manager):
    """Where bubblewrap cannot be had, set-up says so by name and goes on."""
    put_tool(bin_folder, "sudo", "exit 1")
    if manager:
        put_tool(bin_folder, manager, "echo no network >&2; exit 1")

    result = run_script(scripts / "sandbox.sh", bin_folder)

    assert result.returncode == 0
    assert "bubblewrap" in result.stdout
    assert "install it with" in result.stdout or "Linux only" in result.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap exists on Linux only")
def test_sandbox_is_installed_where_allowed(bin_folder, scripts, tmp_path):
    """As root, or with sudo that asks nothing, bubblewrap comes from the system's packages."""
    record = tmp_path / "record"
    put_tool(bin_folder, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    put_tool(bin_folder, "dnf", f"echo \"$*\" >>'{record}'")

    result = run_script(scripts / "sandbox.sh", bin_folder)

    assert result.returncode == 0
    assert record.read_text() == "install -y -q bubblewrap\n"


def notebook(*cells):
    """Build the smallest valid notebook with those cells."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}


def code_cell(name, outputs=()):
    """Build one code cell."""
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": "1 + 1",
        "outputs": list(outputs),
        "execution_count": None,
    }


STREAM = {"output_type": "stream", "name": "stdout", "text": "2\n"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(notebook(code_cell("a"))), "0 problems"),
        (json.dumps(notebook(code_cell("a", [STREAM]))), "cell a holds outputs"),
        (json.dumps(notebook(code_cell("a"), code_cell("a"))), "id a is used by more than one"),
        (json.dumps({"cells": []}), "is not a notebook of format 4.5"),
        ("<<<<<<< ours", "is not JSON"),
    ],
    ids=["clean", "outputs", "twice", "not-a-notebook", "conflict"],
)
def test_notebook_check(tmp_path, content, message):
    """A source notebook that should not be committed is named with what is wrong with it."""
    (tmp_path / "book.ipynb").write_text(content)

    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_notebooks.py", tmp_path],
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert message in result.stdout, result.stderr
    assert result.returncode == (0 if message == "0 problems" else 1)
