"""The command line: help, names, exit codes, and what it says to people and to programs."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attack_course import HONEST, Course
from made_records import make_record
from typer.main import get_command
from typer.testing import CliRunner

from pawmark import __version__, cli, terminal
from pawmark.cli.options import in_front
from pawmark.errors import AttentionError, CourseError, InterruptionError, PawmarkError
from pawmark.grading.checks.session import check_module
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.sandbox import bubblewrap

ROOT = Path(__file__).resolve().parents[2]
PAWMARK = [
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'pawmark'; import pawmark.cli as c; c.main()",
]
COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-9])[0-9;]*m")
LOOP = "def clipped(values, low, high):\n    while True:\n        pass"
needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
MESSAGE = "labels still start at 1"


def commands():
    """Return the words of every command, those of groups included."""
    return [
        [name] if inner is None else [name, inner]
        for name, command in get_command(cli.app).commands.items()
        for inner in getattr(command, "commands", None) or [None]
    ]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a function that runs a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, **options):
        return CliRunner().invoke(cli.app, list(arguments), prog_name="pawmark", **options)

    yield run
    terminal.set_level(quiet=False, verbose=False)


@pytest.fixture
def records(tmp_path):
    """Write the record of one submission, with what a terminal must not obey; return its folder."""
    lost = CheckResult("test_labels", "Labels.", Outcome.FAILED, 0, 2, f"{MESSAGE}\x1b[2J")
    kept = CheckResult("test_shape", "Shape.", Outcome.PASSED, 1, 1)
    exercise = ExerciseResult("02-path-to-target", (lost, kept))
    made = make_record("ann\x1b[31ma", "02_data_loading", exercises=(exercise,))
    path = record.path_of(tmp_path, "anna", "02_data_loading")
    path.parent.mkdir(parents=True)
    path.write_bytes(made.to_bytes())
    return tmp_path / "autograded"


@pytest.mark.parametrize("words", commands(), ids="-".join)
def test_every_command_shows_an_example(run, words):
    """Help says what a command does, and ends in lines to copy."""
    done = run(*words, "--help")

    assert done.exit_code == 0
    assert f"Usage: pawmark {' '.join(words)}" in done.stdout
    assert re.search(rf"Examples?:\s+pawmark {' '.join(words)}", done.stdout)


def test_help_tells_exit_codes_and_fits_the_page(run):
    """Plain `pawmark` shows help with every command, uncut, and what exit codes mean."""
    done = run(env={"COLUMNS": "80"})

    assert "130 interrupted" in " ".join(done.output.split())
    assert "..." not in done.output.replace("ARGS]...", "").replace("[NN]...", "")
    assert all(len(line) <= 80 for line in done.output.splitlines())
    assert all(f"\n  {words[0]} " in done.output for words in commands())


def test_version(run):
    """The version is one line."""
    assert run("--version").stdout == f"pawmark {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "meant"), [("graed", "grade"), ("docter", "doctor"), ("relaese", "release")]
)
def test_a_mistyped_command_is_a_usage_error_that_names_the_near_one(run, typed, meant):
    """An unknown command gives exit code 2 and the name that was meant."""
    done = run(typed)

    assert done.exit_code == 2
    assert f"Did you mean '{meant}'" in done.output


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("02_data_laoding", "02_data_loading"),
        ("pooling", "04_pooling_vs_stride"),
        ("Three_Tasks", "01_three_tasks"),
    ],
)
def test_a_mistyped_assignment_names_the_near_one(run, monkeypatch, typed, meant):
    """An unknown assignment is an error that names the one that was meant."""
    monkeypatch.chdir(ROOT)

    with pytest.raises(CourseError, match=f"Did you mean {meant}"):
        run("release", typed, catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["grade", "02", "-q"], ["-q", "grade", "02"]),
        (["data", "--verbose", "make"], ["--verbose", "data", "make"]),
        (["lab", "03", "-v"], ["lab", "03", "-v"]),
        (["-q", "lab", "--verbose"], ["-q", "lab", "--verbose"]),
        (["grades", "--", "-q"], ["grades", "--", "-q"]),
    ],
)
def test_options_of_all_commands_stand_anywhere(arguments, expected):
    """Quiet and verbose are found behind a command, but not in what is handed on to another."""
    assert in_front(arguments) == expected


def test_quiet_and_verbose_exclude_each_other(run):
    """To ask for less and for more at once is a usage error."""
    assert run("-q", "grades", "-v").exit_code == 2


def test_grades_as_json(run, records):
    """Programs read grades with sums and checks, in ASCII without codes for a terminal."""
    done = run("grades", str(records), "--json")
    (grade,) = json.loads(done.stdout)

    assert (grade["student"], grade["score"], grade["max_score"]) == ("ann\x1b[31ma", 1, 3)
    assert grade["state"] == "waits"  # no gradebook holds it
    assert grade["exercises"][0]["checks"][0]["outcome"] == "failed"
    assert not grade["needs_person"]
    assert "\x1b" not in done.stdout


def test_a_folder_of_grades_that_is_not_there_is_named(run, tmp_path):
    """A mistyped folder is no class without lost checks."""
    done = run("grades", str(tmp_path / "autogradde"))

    assert "autogradde is no folder: expected one of records" in str(done.exception)


def test_colours_are_left_out_on_request(run, records):
    """NO_COLOR wins over a terminal that has colours, and names of students bring none along."""
    done = run("grades", str(records), env={"NO_COLOR": "1", "FORCE_COLOR": "1"})

    assert MESSAGE in done.stdout
    assert not COLOUR.search(done.stdout)
    assert "[2J" in done.stdout
    assert "\x1b[2J" not in done.stdout


def test_data_as_json(run, small_cache, monkeypatch):
    """Programs read where the photographs are; people read it in a sentence."""
    monkeypatch.setenv("PAWMARK_CACHE", str(small_cache))
    options = ("data", "make", "--seed", "7", "--count", "40")
    facts = json.loads(run(*options, "--json").stdout)

    assert (facts["photographs"], facts["kind"]) == (40, "synthetic")
    assert run(*options).stdout == f"40 photographs with masks in {facts['root']}\n"
    assert run(*options, "--path").stdout == f"{facts['root']}\n"
    assert run(*options, "--path", "--json").exit_code == 2


def test_exit_codes_of_errors_differ_by_who_must_act():
    """What a user mends, what a person decides and what was interrupted can be told apart."""
    codes = [error.exit_code for error in (PawmarkError, CourseError)]

    assert codes == [1, 1]
    assert (AttentionError.exit_code, InterruptionError.exit_code) == (3, 130)


def test_an_error_is_one_message(tmp_path):
    """The real command ends with 1 and one message on stderr; --verbose adds the traceback."""
    done = [
        subprocess.run(
            [*PAWMARK, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        for words in (["grades"], ["grades", "-v"])
    ]

    assert [(run.returncode, run.stdout) for run in done] == [(1, ""), (1, "")]
    assert done[0].stderr.startswith("pawmark: No course at ")
    assert "Traceback" not in done[0].stderr
    assert "Traceback" in done[1].stderr


def test_an_interrupted_command_ends_with_130_and_leaves_nothing_half(tmp_path):
    """Ctrl-C while pictures are drawn ends with one sentence and 130; no set is left in the cache.

    A terminal sends it to all processes of the command at once.
    """
    with subprocess.Popen(
        [*PAWMARK, "data", "make", "--count", "3000"],
        env={**os.environ, "PAWMARK_CACHE": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 60
        while not list(tmp_path.glob(".*/images/*.jpg")) and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == 130
    assert said == (
        "pawmark: interrupted. What was finished is kept; the same command goes on from there.\n"
    )

    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/c/x"), "The disk that holds /c/x is"),
        (
            shutil.Error([("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")]),
            "A disk is full (No space left on device)",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/c/x"), "/c/x cannot be opened or"),
        (OSError(errno.EROFS, "Read-only file system", "/c/x"), "(Read-only file system)"),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
            "TMPDIR",
        ),
        (MemoryError(), "Memory ran out"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence(monkeypatch, capsys, error, told):
    """A full disk, a read-only folder and the like are no mistakes of ours: no traceback."""

    def fail():
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err

    assert ended.value.code == 1
    assert said.startswith("pawmark: ")
    assert said.count("\n") == 1
    assert told in said


def test_other_errors_stay_what_they_are(monkeypatch):
    """A mistake of ours keeps its traceback."""
    monkeypatch.setattr(cli, "app", lambda: Path("/nowhere/at/all").read_text())
    with pytest.raises(FileNotFoundError):
        cli.main()


def test_without_a_home_folder_one_sentence_says_so(monkeypatch, capsys):
    """In some containers HOME is not set and the user is not known."""

    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    with pytest.raises(SystemExit):
        cli.main()

    assert capsys.readouterr().err.startswith("pawmark: This user has no home folder: HOME is")


def test_the_shell_completes_names_of_assignments():
    """Completion in the shell knows commands, and the assignments of the course around."""
    words = {"COMP_WORDS": "pawmark release 03", "COMP_CWORD": "2"}
    done = subprocess.run(
        PAWMARK,
        cwd=ROOT,
        env={**os.environ, **words, "_PAWMARK_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["03_encoder_decoder"]


def test_new_says_what_it_wrote(run, tmp_path):
    """`pawmark new` writes an assignment and names its files; quiet says nothing."""
    shutil.copytree(ROOT / "source" / "01_three_tasks", tmp_path / "source" / "01_three_tasks")
    loud, quiet = run("new", "07_share"), run("new", "08_share", "--quiet")

    assert "wrote source/07_share/07_share.ipynb" in loud.stdout
    assert (quiet.exit_code, quiet.stdout) == (0, "")
    assert (tmp_path / "grader_tests" / "08_share" / "test_08_pet_share.py").exists()


@pytest.fixture
def small_class(tmp_path, small_pets):
    """Give a course of three small exercises, with one submission."""
    course = Course(tmp_path / "class", small_pets.root)
    course.build()
    course.hand_in("anna", HONEST | {"99-clip": LOOP})
    return course


def run_in(course, *words):
    """Run the real command inside a course."""
    return subprocess.run(
        [*PAWMARK, *words],
        cwd=course.root,
        env={**os.environ, **course.environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@needs_sandbox
def test_an_error_of_the_grader_ends_with_3_until_it_is_mended(small_class):
    """Where a hidden check is broken grading ends with 3; once mended, a regrade tells by JSON."""
    module = check_module(small_class.root, "99-mean")
    sound = module.read_text()
    module.write_text(sound.replace("values.mean()", "values.mean() / none"))
    graded = run_in(small_class, "grade", "99", "--quiet")
    module.write_text(sound)
    regraded = run_in(small_class, "regrade", "99", "--json")
    (told,) = json.loads(regraded.stdout)

    assert (graded.returncode, graded.stdout) == (3, "")
    assert "found something to look at" in graded.stderr
    assert "Traceback" not in graded.stderr
    assert (regraded.returncode, told["written"]) == (0, False)
    (change,) = told["changes"]
    assert [check["exercise"] for check in change["checks"]] == ["99-mean"]
    assert change["checks"][0]["before"].startswith("grader error")
    assert change["checks"][0]["after"] == "passed, 2 of 2"


@pytest.mark.slow
@needs_sandbox
def test_grading_that_is_interrupted_ends_with_130(small_class):
    """Ctrl-C while submissions run ends with 130, and says that the same command goes on."""
    with subprocess.Popen(
        [*PAWMARK, "grade", "99"],
        cwd=small_class.root,
        env={**os.environ, **small_class.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 60
        while not (small_class.root / ".pawmark").exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=100)

    assert process.returncode == 130
    assert "the same command goes on from there" in said
