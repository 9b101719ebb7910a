"""Measuring the runs of an assignment's reference, one process after the other."""

import ast
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pawmark import pets, profiles, settings
from pawmark.errors import CourseError
from pawmark.installed import version
from pawmark.profiles import Profile
from pawmark.progress import progress_bar
from pawmark.vision.calibration.bars import (
    MIN_RIGHT_RUNS,
    MIN_WRONG_RUNS,
    RULE,
    plain,
    read_sections,
    read_unfinished,
    section_name,
    settle,
    write_section,
)
from pawmark.vision.calibration.judging import HELD_OUT_COUNT, MEASURED_ON, VALIDATION
from pawmark.vision.calibration.pipelines import DATA_SEEDS, Spec, plan
from pawmark.wording import counted

WORKER = "pawmark.vision.calibration.worker"

# The functions that make a training run.
NEEDED = ("get_model", "compile_model", "train")


def calibrate(
    assignment: str,
    course: Path = Path(),
    profile: Profile | None = None,
    runs: int = MIN_RIGHT_RUNS,
    say: Callable[[str], None] = print,
    data: pets.Pets | None = None,
    held_out_seeds: Sequence[int] = MEASURED_ON,
) -> Path:
    """Measure right and wrong runs of an assignment's reference, and set its bar.

    Each finished run is written at once; a second call goes on where the first one stopped, and
    starts anew when the profile, the pictures or the reference have changed. The bar that was there
    before is used until all runs are done.

    Parameters
    ----------
    assignment : str
        Its name; its source notebook trains with `get_model`, `compile_model` and `train`.
    course : pathlib.Path
        The folder that holds ``source/`` and ``grader_tests/``.
    profile : Profile, optional
        The current profile when left out.
    runs : int
        Runs of the reference; each wrong pipeline gets a quarter of them.
    say : callable
        Takes a line about each run.
    data : Pets, optional
        Real photographs to measure on; left out, each run draws some from a seed of its own.
    held_out_seeds : sequence of int
        Each model is judged on a drawn set of each of these seeds, since a course draws its own:
        the worst loss of a right run and the best of a wrong one decide. Real photographs have
        no others beside them, and one validation part.

    Returns
    -------
    pathlib.Path
        The bar file.

    Raises
    ------
    CourseError
        The assignment has no source notebook, or none with a training run; there are too few
        photographs; or a run failed.
    """
    profile = profile or profiles.current()
    if data is not None:
        _require_enough(data, profile)
    code = reference_code(Path(course), assignment)
    path = Path(course) / "grader_tests" / "bars" / f"{assignment}.json"
    name = section_name(profile, "synthetic" if data is None else data.kind)
    judged_on = list(held_out_seeds if data is None else held_out_seeds[:1])
    section = _open_section(path, name, _conditions(profile, code, data, judged_on))
    done = {Spec(**run["spec"]) for run in section["runs"]}
    wrong_runs = max(MIN_WRONG_RUNS, runs // 4)
    seeds = DATA_SEEDS if data is None else DATA_SEEDS[:1]
    todo = [spec for spec in plan(runs, wrong_runs, seeds) if spec not in done]
    say(f"{name}: {counted(len(done), 'run')} measured before, {len(todo)} to go")
    with progress_bar(f"Calibrating {assignment}", len(todo)) as advance:
        for number, spec in enumerate(todo, 1):
            section["runs"].append(_measure(spec, code, profile, judged_on, data))
            settle(section)
            write_section(path, assignment, name, section, finished=number == len(todo))
            say(_line(section["runs"][-1]))
            advance(1)
    say(_verdict(section))
    # Drawing needs matplotlib, which no check needs that only reads a bar.
    from pawmark.vision.calibration.evidence import save_picture

    save_picture(path, name)
    return path


def named_photographs() -> pets.Pets | None:
    """Return the real photographs that PAWMARK_DATA names; None where it names none.

    Raises
    ------
    DataError
        They cannot be used.
    """
    if settings.here.data in ("", settings.SYNTHETIC):
        return None
    data = pets.dataset()
    return data if data.kind == "real" else None


def reference_code(course: Path, assignment: str) -> str:
    """Join the import cell and the solution cells of a source notebook.

    Raises
    ------
    CourseError
        When the notebook is missing, or lacks one of the three functions of a training run.
    """
    path = course / "source" / assignment / f"{assignment}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(f"No source notebook can be read at {path}: {error}") from error
    wanted = [cell for cell in cells if cell["cell_type"] == "code" and _is_reference(cell)]
    code = "\n\n".join("".join(cell["source"]) for cell in wanted)
    missing = [name for name in NEEDED if f"def {name}(" not in code]
    if missing:
        raise CourseError(
            f"{assignment} has no training run to calibrate: its notebook does not define "
            f"{', '.join(missing)}."
        )
    return code


def fingerprint(code: str) -> str:
    """Return a hash of what the functions of a training run do.

    Comments, layout, docstrings and the other exercises of a notebook do not change it, so that
    a better sentence does not ask for new measurements.
    """
    functions = [node for node in ast.parse(code).body if _is_needed(node)]
    for function in functions:
        if ast.get_docstring(function) is not None:
            del function.body[0]
    text = "\n".join(ast.unparse(function) for function in functions)
    return hashlib.sha256(text.encode()).hexdigest()


def _require_enough(data: pets.Pets, profile: Profile) -> None:
    """Refuse a part of the photographs: grading uses a bar only where it finds all of them."""
    wanted = profile.num_train + profile.num_val
    if len(data.names) < wanted:
        raise CourseError(
            f"{data.root} holds {counted(len(data.names), 'photograph')}, and a bar under the "
            f"profile {profile.name!r} is measured on {wanted} or more, {profile.num_train} of "
            "them to learn from. Fetch all of them with: pawmark data fetch. Or unset "
            "PAWMARK_DATA to measure on drawn ones."
        )


def _measure(
    spec: Spec,
    code: str,
    profile: Profile,
    held_out_seeds: Sequence[int],
    data: pets.Pets | None = None,
) -> dict[str, Any]:
    """Run a pipeline in a fresh process and return what it measured."""
    job = {
        "spec": asdict(spec),
        "code": code,
        "profile": plain(profile),
        "held_out_seeds": list(held_out_seeds),
        "photographs": None if data is None else str(data.root),
    }
    environment = {
        **os.environ,
        "TF_NUM_INTRAOP_THREADS": str(spec.threads),
        "TF_NUM_INTEROP_THREADS": str(spec.threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = Path(folder, "outcome.json")
        finished = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", WORKER, str(outcome)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        if finished.returncode or not outcome.exists():
            raise CourseError(
                f"The run {spec} failed. The end of what it said:\n{finished.stderr[-2000:]}"
            )
        measured = json.loads(outcome.read_text(encoding="utf-8"))
    return {"spec": asdict(spec), **measured, "seconds": round(time.monotonic() - started, 1)}


def _line(run: dict[str, Any]) -> str:
    spec = Spec(**run["spec"])
    return (
        f"{spec.pipeline}: held-out loss {run['loss']:.3f} (class prior {run['prior_loss']:.3f}; "
        f"data seed {spec.data_seed}, training seed {spec.training_seed}, {spec.threads} threads, "
        f"{run['seconds']:.0f} s)"
    )


def _verdict(section: dict[str, Any]) -> str:
    if section["bar"] is None:
        return "No bar: there are no runs."
    doubts = "".join(f"\n  doubt: {doubt}" for doubt in section["doubts"])
    return f"Bar {section['bar']:.3f}: {RULE}.{doubts or ' It can be trusted.'}"


def _conditions(
    profile: Profile, code: str, data: pets.Pets | None, held_out_seeds: Sequence[int]
) -> dict[str, Any]:
    """Return what must be the same for runs to be compared."""
    drawn = (
        f"{len(held_out_seeds)} sets of {HELD_OUT_COUNT} drawn photographs, "
        f"seeds {', '.join(map(str, held_out_seeds))}"
    )
    photographs: dict[str, Any] = (
        {"generator_version": pets.GENERATOR_VERSION}
        if data is None
        else {"photographs": len(data.names), "identity": data.identity}
    )
    return {
        "profile": plain(profile),
        **photographs,
        "reference_sha256": fingerprint(code),
        "held_out": drawn if data is None else VALIDATION,
        "machine": _machine(),
        "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy")},
    }


def _open_section(path: Path, name: str, conditions: dict[str, Any]) -> dict[str, Any]:
    """Return what was measured under these conditions, finished or not, or an empty section."""
    for found in (read_unfinished(path).get(name), read_sections(path).get(name)):
        if found is not None and found["conditions"] == conditions:
            return found
    return {"bar": None, "rule": RULE, "doubts": [], "conditions": conditions, "runs": []}


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def _is_reference(cell: dict[str, Any]) -> bool:
    marks = cell["metadata"].get("nbgrader", {})
    return bool(marks.get("solution")) or str(marks.get("grade_id", "")).endswith("-imports")


def _is_needed(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name in NEEDED
