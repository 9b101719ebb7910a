"""Data that several tests share: a small drawn set, and real photographs where there are some."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawmark import pets
from pawmark.grading import course as courses

# Files whose few tests take minutes, most of them in processes of their own. Processes that share
# the tests take a file at a time, in order: one of these taken last would keep everybody waiting.
# Which lines they reach is not measured with the others': it takes half as long again.
LONG = (
    "golden/test_golden.py",
    "grading/gradebook/test_grading_course.py",
    "answers_bank/test_answer_bank.py",
    "grading/batch/test_cluster.py",
    "attacks_bank/test_attacks.py",
    "courses/test_arithmetic.py",
    "grading/gradebook/test_hand_ins_graded.py",
    "grading/session/test_grading_warm.py",
    "house/test_faults.py",
)
# Files of many long tests that need nothing of each other: shared out one at a time.
SHARED_OUT = ("answers_bank/test_answer_bank.py", "grading/sandbox/test_grading_killed.py")
BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "real_pets"


# Courses of tests would each draw photographs of their own for minutes: they share one set.
os.environ.setdefault("PAWMARK_GRADING_SEED", "271828")


def pytest_configure() -> None:
    """Hear Ctrl-C, also where a shell started the tests in the background.

    Such a shell has SIGINT ignored, and every command that a test starts would inherit that: a
    test that interrupts a command would then wait for one that cannot hear it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def name_of(item: pytest.Item) -> str:
    """Return the file of a test, below this folder."""
    tests = Path(__file__).parent
    return item.path.relative_to(tests).as_posix() if item.path.is_relative_to(tests) else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest, and measure them only when all is to be measured."""

    def rank(item: pytest.Item) -> int:
        name = name_of(item)
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=rank)
    if not os.environ.get("COVER_ALL_TESTS"):
        for item in items:
            if rank(item) < len(LONG):
                item.add_marker("no_cover")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share tests out by files, as ``--dist loadfile`` does, and those of some files singly."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFiles(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return nodeid if file.removeprefix("tests/") in SHARED_OUT else file

    return ByFiles(config, log)


@pytest.fixture(scope="module", autouse=True)
def own_plugin() -> Iterator[None]:
    """Let the courses of one file choose no plugin for the tests of another."""
    with courses.using():
        yield


@pytest.fixture(scope="session")
def real_pets() -> pets.Pets:
    """Open real photographs: $PAWMARK_REAL_PETS, or ../shared/real_pets beside the checkout."""
    folder = Path(os.environ.get("PAWMARK_REAL_PETS") or BESIDE_THE_CHECKOUT)
    if not folder.is_dir():
        pytest.skip(f"no real photographs: {folder} is absent; set PAWMARK_REAL_PETS")
    return pets.dataset(folder)


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache folder for the whole run, apart from the user's."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def small_pets(small_cache: Path) -> pets.Pets:
    """Draw forty photographs, every breed at least once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_CACHE", str(small_cache))
        return pets.synthetic(seed=7, count=40)


@pytest.fixture
def own_cache(small_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep a test away from the user's cache and the user's PAWMARK_DATA."""
    monkeypatch.setenv("PAWMARK_CACHE", str(small_cache))
    monkeypatch.delenv("PAWMARK_DATA", raising=False)
    return small_cache


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the answers of the bank that were graded as they should be, by assignment."""
    kinds = {
        "test_wrong_answer_is_caught": "wrong answers caught with their message",
        "test_unusual_right_answer": "right answers accepted",
    }
    counts: dict[tuple[str, str], list[int]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for start, kind in kinds.items():
                if f"::{start}" in report.nodeid and report.when == "call":
                    key = (report.nodeid.rsplit("[", 1)[1][:2], kind)
                    count = counts.setdefault(key, [0, 0])
                    count[0] += outcome == "passed"
                    count[1] += 1
    if counts:
        terminalreporter.section("bank of answers")
        for (number, kind), (good, total) in sorted(counts.items()):
            terminalreporter.write_line(f"{number}: {good} of {total} {kind}")
