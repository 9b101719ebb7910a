"""Write the table of docs/attacks.md: every attack, tried on stock nbgrader and on this kit.

One run does it all: each attack is graded by nbgrader alone, in a course of its own with the same
questions as plain asserts, then all of them together by nbgrader with the kit. Takes about a
quarter of an hour. ``python scripts/attack_table.py [NAME ...]`` tries the named ones and prints
their lines.
"""

import datetime
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from attack_course import HONEST, NAME, WRONG, Attack, Course, read_attack  # noqa: E402
from attack_findings import aftermath, successes  # noqa: E402
from stock_course import SECONDS, StockCourse  # noqa: E402

import pawmark  # noqa: E402
from pawmark import pets  # noqa: E402
from pawmark.grading.sandbox import bubblewrap  # noqa: E402

PAGE = ROOT / "docs" / "attacks.md"
BEGIN = "<!-- written by scripts/attack_table.py -->"
END = "<!-- end of what scripts/attack_table.py writes -->"
HELD = "held"
EARLY = {"00_honest": (HONEST, 8), "m_wrong": (WRONG, 4)}
LATE = {"zz_honest": (HONEST, 8)}
POINTS = {student: points for student, (_, points) in (EARLY | LATE).items()}


def all_attacks() -> list[Attack]:
    """Return the whole bank."""
    return [read_attack(path) for path in sorted(ROOT.glob("tests/attacks/*.py"))]


def stock_baseline(folder: Path, data: Path) -> StockCourse:
    """Grade an honest and a wrong submission with nbgrader alone.

    Raises
    ------
    RuntimeError
        When it gives them other points than they earn.
    """
    course = StockCourse(folder / "baseline", data)
    course.build()
    for student, (cells, _) in EARLY.items():
        note = {"note": "CANARY-submission"} if student == "00_honest" else {}
        course.hand_in(student, {**note, **cells})
    course.fill_gradebook("00_honest")
    done = course.nbgrader("autograde", NAME)
    course.nbgrader("generate_feedback", NAME)
    course.before = course.fingerprint()
    wrong = aftermath(course, {student: points for student, (_, points) in EARLY.items()}, 0)
    if wrong.robbed or wrong.ungraded:
        raise RuntimeError(f"stock nbgrader grades the baseline otherwise: {done.stderr[-3000:]}")
    return course


def try_on_stock(baseline: StockCourse, attack: Attack, folder: Path) -> str:
    """Grade one attack, then an honest submission, with nbgrader alone; return what came of it."""
    if attack.stock:
        return attack.stock
    course = baseline.copy(folder / attack.student)
    course.hand_in(attack.student, HONEST | attack.cells)
    for student, (cells, _) in LATE.items():
        course.hand_in(student, {"note": "CANARY-submission", **cells})
    course.before = course.fingerprint()
    course.nbgrader("autograde", NAME)
    told = [] if course.ended else [f"holds up grading (stopped after {SECONDS} s)"]
    left = course.survivors_left
    course.nbgrader("generate_feedback", NAME, "--student", attack.student, seconds=SECONDS)
    told += [] if course.ended else [f"holds up feedback (stopped after {SECONDS} s)"]
    told += successes(course, attack, "m_wrong")
    return "; ".join([*told, *aftermath(course, POINTS, left).successes]) or HELD


def try_on_kit(attacks: list[Attack], folder: Path, data: Path) -> dict[str, str]:
    """Grade all attacks among the others with the kit; return what came of each."""
    holds = bubblewrap.bounds_processes(data)
    tried = [attack for attack in attacks if holds or attack.tries != "fork floods"]
    course = Course(folder / "kit", data)
    course.build()
    for student, (cells, _) in (EARLY | LATE).items():
        note = {} if student == "m_wrong" else {"note": "CANARY-submission"}
        course.hand_in(student, {**note, **cells})
    course.fill_gradebook("00_honest")
    for attack in tried:
        course.hand_in(attack.student, HONEST | attack.cells)
    course.before = course.fingerprint()
    course.nbgrader("autograde", NAME, seconds=1800)
    left = len(course.survivors())
    course.nbgrader("generate_feedback", NAME)
    shared = aftermath(course, POINTS, left).successes
    told = {a.student: "; ".join([*successes(course, a, "m_wrong"), *shared]) for a in tried}
    return {a.student: told.get(a.student, "not tried: root grades here") or HELD for a in attacks}


def line(attack: Attack, stock: str, kit: str) -> str:
    """Return one line of the table."""
    tries = attack.docstring.strip().splitlines()[0].replace("|", "\\|")
    return f"| `{attack.student}` | {tries} | {stock} | {kit} |"


def versions() -> str:
    """Say what was run, and when."""
    command = [shutil.which("bwrap") or "bwrap", "--version"]
    bwrap = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    system = f"Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return (
        f"{today}: nbgrader {metadata.version('nbgrader')}, Pawmark {pawmark.__version__}, "
        f"{bwrap.stdout.strip()}, {system}."
    )


def table(lines: list[str]) -> str:
    """Return the part of the page between the two marks."""
    head = "| Attack | What it tries | Stock nbgrader | Pawmark |\n|---|---|---|---|"
    return "\n".join([BEGIN, "", versions(), "", head, *lines, "", END])


def write(text: str) -> None:
    """Put the table in its place in the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + text + rest.partition(END)[2], encoding="utf-8")


def main(names: list[str]) -> None:
    """Try the named attacks, or all and write the page."""
    attacks = [attack for attack in all_attacks() if not names or attack.student in names]
    data = pets.synthetic(seed=7, count=40).root
    with TemporaryDirectory(prefix="pawmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        baseline = stock_baseline(folder, data)
        stock = {}
        for attack in attacks:
            stock[attack.student] = try_on_stock(baseline, attack, folder)
            sys.stderr.write(f"{attack.student}: {stock[attack.student]}\n")
        kit = try_on_kit(attacks, folder, data)
    lines = [line(attack, stock[attack.student], kit[attack.student]) for attack in attacks]
    if names:
        sys.stdout.write("\n".join(lines) + "\n")
    else:
        write(table(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
