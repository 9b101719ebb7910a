"""The course under attack as nbgrader alone has it: plain asserts, its own executor, no kit.

There, what students hand in runs with all rights of the grader. So the whole grader is locked in:
it sees the system and Python, read-only, and the folder of this one course.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from attack_course import HONEST, NAME, REPO, TARGET, Course, secret, source_notebook
from nbformat import NotebookNode
from nbgrader.api import Gradebook

SECONDS = 150
_MEMORY = 3 << 30
_FILE = 256 << 20
_RUN = """
import glob, os, subprocess, sys
status = subprocess.run([sys.executable, "-m", "nbgrader", *sys.argv[2:]]).returncode
mine = f"/proc/{os.getpid()}/cmdline"
paths = [path for path in glob.glob("/proc/[0-9]*/cmdline") if path != mine]
left = 0
for path in paths:
    try:
        left += sys.argv[1].encode() in open(path, "rb").read()
    except OSError:
        pass
print("left behind:", left - 1)  # process 1 has this command line too
sys.exit(status)
"""
_TESTS = {
    "99-mean": """
values = np.random.default_rng(1).normal(size=7)
assert np.isclose(mean_of(values), values.mean()), "this is not the mean"
""",
    TARGET: """
values = np.random.default_rng(2).normal(size=9)
got = weigh(values)
assert got.shape == (9,), "nine values give nine weighted values"
assert np.allclose(got, values * np.arange(1, 10)), "the first position is 1"
whole = np.random.default_rng(3).integers(1, 99, 5).astype(float)
total = float(weigh(whole).sum())
assert total == (whole * np.arange(1, 6)).sum(), "the sum is not right"
""",
    "99-clip": """
values = np.random.default_rng(4).normal(size=(3, 4))
got = clipped(values, -0.5, 0.5)
assert np.allclose(got, np.clip(values, -0.5, 0.5)), "a value is outside the limits"
""",
}


def plain_notebook() -> NotebookNode:
    """Write the assignment with the same questions as asserts in its hidden regions."""
    notebook = source_notebook()
    for cell in notebook.cells:
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-check")
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{exercise}-check":
            function = HONEST[exercise].partition("(")[0].removeprefix("def ")
            lines = [f"assert callable({function})", "", "### BEGIN HIDDEN TESTS"]
            # Far from the asserts: the lines around a failed one are shown to its student.
            lines += [*8 * ["#"], f"# {secret('checks')}", *8 * ["#"], _TESTS[exercise].strip()]
            cell.source = "\n".join([*lines, "### END HIDDEN TESTS"])
    return notebook


class StockCourse(Course):
    """A course for nbgrader alone, graded behind a wall around the grader itself.

    Attributes
    ----------
    survivors_left
        How many processes of an attack were left when the last command had ended.
    ended
        Whether the last command ended by itself.
    """

    survivors_left = 0
    ended = True

    def write(self) -> None:
        """Write the source, and a configuration that sets nothing."""
        (self.root / "source" / NAME).mkdir(parents=True)
        path = self.root / "source" / NAME / f"{NAME}.ipynb"
        nbformat.write(plain_notebook(), path)
        (self.root / "grader_tests").mkdir()
        (self.root / "nbgrader_config.py").write_text(f"# {secret('configuration')}\n")

    def copy(self, folder: Path) -> "StockCourse":
        """Return a copy with all its grades, for one more attack."""
        shutil.copytree(self.root.parent, folder)
        return StockCourse(folder, Path(self.environment["PAWMARK_DATA"]))

    def nbgrader(self, *arguments: str, seconds: float = SECONDS) -> subprocess.CompletedProcess:
        """Run nbgrader where it can harm this course only."""
        command = [*self._wall(), sys.executable, "-c", _RUN, self.marker, *arguments]
        self.survivors_left, self.ended = 0, True
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self.ended = False
            return subprocess.CompletedProcess(command, 1, "", f"stopped after {seconds} s")
        told = done.stdout.rpartition("left behind:")[2].strip()
        self.survivors_left = int(told) if told.isdigit() else 0
        return done

    def gradebook(self) -> Gradebook:
        """Open the gradebook."""
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "")

    def _wall(self) -> list[str]:
        command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
        command += ["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000"]
        for place in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
            path = Path(place)
            if path.is_symlink():
                command += ["--symlink", str(path.readlink()), place]
            elif path.is_dir():
                command += ["--ro-bind", place, place]
        command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
        command += ["--proc", "/proc", "--dev", "/dev"]
        for place in ("/tmp", "/dev/shm"):
            command += ["--size", str(_FILE), "--tmpfs", place]
        for place in {sys.base_prefix, sys.prefix, str(REPO / "src")}:
            command += ["--ro-bind", place, place]
        folder = str(self.root.parent)
        command += ["--bind", folder, folder, "--chdir", str(self.root), "--clearenv"]
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        settings = {"PATH": path, "LANG": "C.UTF-8"} | self.environment
        for name, value in settings.items():
            command += ["--setenv", name, value]
        limits = f"ulimit -d {_MEMORY >> 10} && ulimit -f {_FILE >> 9} && ulimit -c 0"
        return [*command, "--", "sh", "-c", f'{limits} && exec "$@"', "sh"]
