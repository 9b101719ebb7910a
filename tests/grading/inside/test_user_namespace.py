"""Where root grades: student code is another user to the system, or the kit says that it is not."""

import os
import subprocess
import sys

import psutil
import pytest

from pawmark.grading.inside import user_namespace
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or bubblewrap.available() is not None or bubblewrap.outside_id() is None,
    reason="only where root grades, and may give a namespace another user",
)


def test_student_code_is_not_root_to_the_system(tmp_path):
    """Seen from outside, the processes of student code belong to nobody that the machine knows."""
    tmp_path.chmod(0o755)
    with StudentKernel(Bubblewrap(tmp_path)) as kernel:
        run = kernel.run("import os; print(os.getresuid(), os.getresgid(), os.getgroups())", 60)
        family = psutil.Process(kernel.sandbox.pid).children(recursive=True)
        owners = [process.uids().real for process in family if "python" in process.name()]

    assert run.outputs[0]["text"] == "(1000, 1000, 1000) (1000, 1000, 1000) []\n"
    assert set(owners) == {bubblewrap.outside_id()}


def test_data_that_only_root_may_read_are_still_seen(tmp_path):
    """Student code is then root to the system, as before, and the kit says that it is not bound."""
    (tmp_path / "only.txt").write_text("here")
    tmp_path.chmod(0o700)
    with StudentKernel(Bubblewrap(tmp_path)) as kernel:
        run = kernel.run(f"print(open('{bubblewrap.GUEST_DATA}/only.txt').read())", 60)

    assert run.outputs[0]["text"] == "here\n"
    assert not bubblewrap.bounds_processes(tmp_path)
    tmp_path.chmod(0o755)
    assert bubblewrap.bounds_processes(tmp_path)


def test_a_namespace_that_cannot_be_made_ends_the_launcher():
    """Without the other user nothing is started."""
    command = [
        sys.executable,
        "-I",
        "-S",
        user_namespace.__file__,
        str(2**32 - 1),
        "echo",
        "started",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 125
    assert done.stdout == ""
