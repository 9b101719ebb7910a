"""What speaks for a bar: its runs as a picture, and in words."""

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from pawmark.errors import CourseError
from pawmark.figures.style import INK, OKABE_ITO, STYLE, figure
from pawmark.files import write_whole
from pawmark.vision.calibration.bars import read_sections, read_unfinished
from pawmark.vision.calibration.judging import VALIDATION
from pawmark.vision.calibration.pipelines import RIGHT
from pawmark.wording import counted

# Shape and place tell right from wrong, and colour repeats it.
_MARKS = {True: ("o", OKABE_ITO["blue"]), False: ("X", OKABE_ITO["vermilion"])}


def draw_bar(section: dict[str, Any], title: str) -> Figure:
    """Draw the held-out loss of every measured run, a row for each pipeline, and the bar.

    Parameters
    ----------
    section : dict
        One section of a bar file, with at least one run.
    title : str
        Over the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Right runs as circles, wrong ones as crosses, the bar as a dashed line.
    """
    losses = losses_by_pipeline(section)
    with mpl.rc_context(STYLE):
        fig = figure(8.0, 1.4 + 0.5 * len(losses))
        axes = fig.subplots()
        for row, (pipeline, values) in enumerate(losses.items()):
            marker, colour = _MARKS[pipeline == RIGHT]
            # Spread over the height of the row by order, so that equal runs are seen side by side.
            heights = row + np.linspace(-0.25, 0.25, len(values))
            axes.scatter(values, heights, marker=marker, color=colour, s=28, linewidths=0)
        axes.set_yticks(range(len(losses)), [f"{name} ({len(v)})" for name, v in losses.items()])
        axes.set_ylim(len(losses) - 0.4, -0.9)
        axes.set_xlim(left=0)
        axes.grid(axis="x")
        axes.set_xlabel(f"cross-entropy on {_judged_on(section)}, in nats")
        axes.set_title(title, loc="left")
        if section["bar"] is not None:
            axes.axvline(section["bar"], color=INK, linestyle="--", linewidth=1.5)
            words = f"bar {section['bar']:.3f} "
            axes.text(section["bar"], -0.6, words, ha="right", va="center", color=INK)
    return fig


def save_picture(path: Path, name: str) -> Path | None:
    """Write the picture of a section beside a bar file, as SVG.

    Same runs, same bytes. None where nothing has been measured.
    """
    section = read_sections(path).get(name)
    if section is None or not section["runs"]:
        return None
    profile, _, kind = name.partition(", ")
    fig = draw_bar(section, f"{path.stem} under {profile}, {kind} photographs")
    target = path.with_name(f"{path.stem}-{profile}-{kind}.svg")
    picture = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": path.stem, "svg.fonttype": "path"}):
        fig.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
    write_whole(target, picture.getvalue())
    return target


def describe(path: Path) -> list[str]:
    """Return lines that say what each bar of a file rests on.

    Raises
    ------
    CourseError
        The file holds no bar.
    """
    sections, unfinished = read_sections(path), read_unfinished(path)
    if not sections and not unfinished:
        raise CourseError(f"No bar has been set in {path}. Run: pawmark calibrate {path.stem}")
    lines = [line for name, section in sections.items() for line in _describe(name, section)]
    for name, section in unfinished.items():
        lines.append(f"{name}: {counted(len(section['runs']), 'run')} measured, and not finished")
        lines.append("  the same pawmark calibrate goes on; until then the bar above holds, if any")
    return lines


def losses_by_pipeline(section: dict[str, Any]) -> dict[str, list[float]]:
    """Return the sorted losses by pipeline: the reference, then the wrong ones, nearest first."""
    losses: dict[str, list[float]] = {}
    for run in section["runs"]:
        losses.setdefault(run["spec"]["pipeline"], []).append(run["loss"])
    order = sorted(losses, key=lambda name: (name != RIGHT, min(losses[name])))
    return {name: sorted(losses[name]) for name in order}


def _judged_on(section: dict[str, Any]) -> str:
    if section["conditions"]["held_out"] == VALIDATION:
        return "the validation photographs"
    return "photographs that no run has seen"


def _describe(name: str, section: dict[str, Any]) -> list[str]:
    kind = section.get("kind", "measured")
    lines = [f"{name}: bar {section['bar']}, {kind} ({section['date']})"]
    lines.append(f"  {section['rule']}")
    if judged_on := section["conditions"].get("held_out"):
        lines.append(f"  judged on: {judged_on}")
    for pipeline, values in losses_by_pipeline(section).items():
        lines.append(
            f"  {pipeline}: {counted(len(values), 'run')}, {min(values):.3f} to {max(values):.3f}, "
            f"mean {np.mean(values):.3f}"
        )
    lines += [f"  doubt: {doubt}" for doubt in section["doubts"]] or ["  no doubts"]
    return lines
