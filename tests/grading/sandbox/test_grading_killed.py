"""Whatever moment a grader is killed at, by whom and under which load: no process is left."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import killed_graders
import pytest

from pawmark.grading.sandbox import bubblewrap, landlocked

NOBODY = "61999"
# Becomes a command as another user, who sees Python also where it lies in root's own folder: what
# is to be seen is bound to a folder in memory in that one's place, for this command alone.
AS_ANOTHER = """
set -e
hidden=$1; kept=$2; user=$3; shift 3
if [ -n "$hidden" ]; then
    aside=$(mktemp -d)
    mount --bind "$kept" "$aside"
    mount -t tmpfs -o mode=755 none "$hidden"
    mkdir -p "$kept"
    mount --bind "$aside" "$kept"
fi
exec setpriv --reuid "$user" --regid "$user" --clear-groups env HOME=/tmp "$@"
"""


def another_user(argv: list[str]) -> list[str] | None:
    """Wrap a command so that a user without rights runs it; None where that cannot be."""
    tools = [shutil.which(name) for name in ("unshare", "setpriv", "mount")]
    if os.geteuid() != 0 or None in tools:
        return None
    python = Path(sys.base_prefix)
    shut = [str(parent) for parent in python.parents if not parent.stat().st_mode & 1]
    hidden, kept = (shut[0], str(python)) if shut else ("", "")
    return [tools[0], "--mount", "sh", "-c", AS_ANOTHER, "sh", hidden, kept, NOBODY, *argv]


def killed(kind: str, start: str, rounds: int, root: bool) -> dict:
    """Kill that many graders; return what came of it."""
    reason = landlocked.available() if kind == "landlock" else bubblewrap.available()
    if reason is not None:
        pytest.skip(reason)
    argv = [sys.executable, killed_graders.__file__, kind, start, str(rounds), "1"]
    if not root and os.geteuid() == 0:
        argv = another_user(argv)
        if argv is None or subprocess.run([*argv[:-5], "-c", ""], check=False).returncode != 0:
            pytest.skip("no other user can run this Python here")
    elif root and os.geteuid() != 0:
        pytest.skip("only root can be root")
    done = subprocess.run(argv, capture_output=True, text=True, timeout=540, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


EVERY_WAY = pytest.mark.parametrize("root", [True, False], ids=["root", "another user"])
EVERY_START = pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("bubblewrap", "cold"),
        ("bubblewrap", "warm"),
        ("bubblewrap", "second"),
        ("landlock", "cold"),
    ],
)


@EVERY_WAY
@EVERY_START
def test_a_killed_grader_leaves_no_process(kind, start, root):
    """Killed or asked to end within its first two seconds, its sandbox goes with it, and soon."""
    came = killed(kind, start, 4, root)

    assert came["left"] == []
    assert len(came["had"]) == 4
    assert came["user"] == (0 if root else int(NOBODY) if os.geteuid() == 0 else os.geteuid())


@EVERY_WAY
def test_a_sandbox_that_is_just_being_made_is_left_by_nobody(root):
    """The moments in which bubblewrap has not asked yet to end with its parent, many times."""
    came = killed("bare", "cold", 60, root)

    assert came["left"] == []
    assert max(came["had"]) >= 3  # it was caught when it stood, and before
    assert min(came["had"]) < max(came["had"])


@pytest.mark.slow
@pytest.mark.timeout(1200)
@EVERY_WAY
@EVERY_START
def test_two_hundred_killed_graders_leave_no_process(kind, start, root):
    """The same again, two hundred times for each way to start and each kind of user in sum."""
    came = killed(kind, start, 52, root)

    assert came["left"] == []
    assert len(came["had"]) == 52
