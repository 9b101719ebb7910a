"""Bar files: the measured runs of an assignment and the bar that follows from them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from pawmark import pets
from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.profiles import Profile
from pawmark.vision.calibration.pipelines import RIGHT, WRONG
from pawmark.wording import counted

MIN_RIGHT_RUNS = 20
MIN_WRONG_RUNS = 3
# A right run that lies this many standard deviations above the mean should still pass.
MIN_MARGIN = 3.0

RULE = (
    "half-way between the worst reference run and the best wrong run, "
    "by cross-entropy on the held-out photographs"
)

ORDER = ("bar", "rule", "doubts", "date", "summary", "conditions", "runs")


@dataclass(frozen=True)
class Bar:
    """The highest loss that passes, and whether the measurements carry it.

    Attributes
    ----------
    loss : float
        The bar.
    kind : str
        "measured" on runs of the reference, or "published": set from other people's runs.
    doubts : tuple of str
        Reasons not to trust it; empty when it is sound.
    """

    loss: float
    doubts: tuple[str, ...]
    kind: str = "measured"

    def __str__(self) -> str:
        """Say which kind of bar it is, for whoever is judged by it."""
        if self.kind == "published":
            return "set from published runs of the chapter's model on the real photographs"
        return "measured on many runs of the reference"


def read_bar(path: Path, profile: Profile, kind: str = "synthetic") -> Bar | None:
    """Return the bar for a profile and a kind of data; None where none was measured.

    Parameters
    ----------
    path : pathlib.Path
        The bar file of an assignment.
    profile : Profile
        The bar holds for one image size and length of training.
    kind : str
        "synthetic" or "real".
    """
    section = _read(path)["sections"].get(section_name(profile, kind))
    if section is None or section.get("bar") is None:
        return None
    doubts = list(section["doubts"])
    conditions = section["conditions"]
    measured = section.get("kind", "measured")
    if conditions["profile"] != plain(profile):
        doubts.append("the profile has changed since the runs were measured")
    if kind == "synthetic" and conditions["generator_version"] != pets.GENERATOR_VERSION:
        doubts.append("the drawn pictures have changed since the runs were measured")
    return Bar(section["bar"], tuple(doubts), measured)


def read_sections(path: Path) -> dict[str, dict[str, Any]]:
    """Return all sections of a bar file, by profile and kind of data; none if it is not there."""
    return _read(path)["sections"]


def bar_from(right: Iterable[float], wrong: dict[str, list[float]]) -> dict[str, Any]:
    """Set a bar from losses, and list the reasons to doubt it.

    Parameters
    ----------
    right : iterable of float
        Held-out losses of reference runs.
    wrong : dict of str to list of float
        Held-out losses of each wrong pipeline.

    Returns
    -------
    dict
        ``bar`` (None without runs), ``doubts``, and ``summary`` of both sides.
    """
    rights = np.array(sorted(right))
    wrongs = np.array(sorted(loss for losses in wrong.values() for loss in losses))
    if not rights.size or not wrongs.size:
        return {"bar": None, "doubts": ["there are no runs of one side"], "summary": {}}
    bar = float((rights[-1] + wrongs[0]) / 2)
    margin = _margin(bar, rights)
    summary = {
        "right": _summary(rights),
        "wrong": {name: _summary(np.array(losses)) for name, losses in wrong.items() if losses},
        "margin_in_standard_deviations": margin,
    }
    doubts = _too_few(rights, wrong) + _too_close(rights, wrongs, margin)
    return {"bar": round(bar, 4), "doubts": doubts, "summary": summary}


def settle(section: dict[str, Any]) -> None:
    """Set bar, doubts, summary and date of a section from its runs."""
    losses: dict[str, list[float]] = {}
    for run in section["runs"]:
        losses.setdefault(run["spec"]["pipeline"], []).append(run["loss"])
    right = losses.pop(RIGHT, [])
    section.update(bar_from(right, losses))
    section["date"] = datetime.now(UTC).strftime("%Y-%m-%d")


def section_name(profile: Profile, kind: str) -> str:
    """Name the section of a bar file for a profile and a kind of data."""
    return f"{profile.name}, {kind}"


def read_unfinished(path: Path) -> dict[str, dict[str, Any]]:
    """Return the sections that are still being measured: no bar is read from them."""
    return _read(path).get("unfinished", {})


def write_section(
    path: Path, assignment: str, name: str, section: dict[str, Any], finished: bool
) -> None:
    """Write the file anew beside the old one and put it in its place, so that it is never half.

    Until all runs are done, the bar that was there before stays.
    """
    tree = {"assignment": assignment, **_read(path), "unfinished": read_unfinished(path)}
    tree["unfinished"].pop(name, None)
    tree["sections" if finished else "unfinished"][name] = {key: section[key] for key in ORDER}
    if not tree["unfinished"]:
        del tree["unfinished"]
    write_whole(path, f"{json.dumps(tree, indent=1)}\n".encode())


def plain(profile: Profile) -> dict[str, Any]:
    """Return a profile as it looks after a way through JSON."""
    return json.loads(json.dumps(asdict(profile)))


def _margin(bar: float, rights: np.ndarray) -> float | None:
    """Return how many standard deviations the bar lies above the mean right run."""
    spread = float(rights.std(ddof=1)) if rights.size > 1 else 0.0
    return round((bar - float(rights.mean())) / spread, 2) if spread > 0 else None


def _too_few(rights: np.ndarray, wrong: dict[str, list[float]]) -> list[str]:
    doubts = []
    if rights.size < MIN_RIGHT_RUNS:
        doubts.append(f"only {counted(rights.size, 'reference run')}; {MIN_RIGHT_RUNS} are needed")
    for pipeline in WRONG:
        count = len(wrong.get(pipeline, ()))
        if count < MIN_WRONG_RUNS:
            doubts.append(
                f"only {counted(count, 'run')} of {pipeline!r}; {MIN_WRONG_RUNS} are needed"
            )
    return doubts


def _too_close(rights: np.ndarray, wrongs: np.ndarray, margin: float | None) -> list[str]:
    if rights[-1] >= wrongs[0]:
        return ["right and wrong runs overlap: no bar can tell them apart"]
    if margin is None or margin < MIN_MARGIN:
        return [f"the bar lies {margin} standard deviations above the mean right run"]
    return []


def _summary(losses: np.ndarray) -> dict[str, float | int]:
    numbers = {"best": losses.min(), "mean": losses.mean(), "worst": losses.max()}
    return {"runs": int(losses.size), **{k: round(float(v), 4) for k, v in numbers.items()}}


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"sections": {}}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(f"{path} is not a bar file: {error}. Calibrate anew.") from error
