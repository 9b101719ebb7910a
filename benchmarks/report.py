"""The table of a comparison, with targets, machine and versions; and its picture."""

import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import psutil
from matplotlib.figure import Figure

from pawmark.installed import version

_PACKAGES = ("pawmark", "nbgrader", "tensorflow", "keras", "numpy", "ipykernel")
_GIB = 1 << 30


@dataclass(frozen=True)
class Row:
    """One line of the table; `reached` is None where there is no target."""

    what: str
    stock: str
    pawmark: str
    ratio: str
    target: str
    reached: bool | None


def rows(found: dict[str, Any]) -> list[Row]:
    """Return the table."""
    both = {
        kind: found[f"{kind} untrained"] + found[f"{kind} trained"] for kind in ("stock", "pawmark")
    }
    total = found["untrained submissions"] + found["trained submissions"]
    count = found["untrained submissions"]
    largest = max(map(int, found["growth"]["stock"]))
    of_largest = {int(size): seconds for size, seconds in found["growth"]["stock"].items()}
    table = [
        _times(f"all assignments, cold: {total} submissions", both["stock"], both["pawmark"], 4),
        _times(
            f"assignments without training, cold: {count}",
            found["stock untrained"],
            found["pawmark untrained"],
            8,
        ),
    ]
    again = [
        (f"all: {total}", both["stock"], "all"),
        (f"a class of {largest} in one small assignment", of_largest[largest], "largest"),
    ]
    for name, stock, group in again:
        edited, unchanged = (found[f"pawmark {kind} {group}"] for kind in ("edited", "unchanged"))
        table.append(_times(f"regrade after a check edit, {name}", stock, edited, 100))
        table.append(_times(f"regrade, unchanged, {name}", stock, unchanged, 200))
    table += [
        _processor(found, "untrained", "without training"),
        _processor(found, "trained", "with training"),
    ]
    share = efficiency(found, "untrained"), efficiency(found, "trained")
    names = ("without training", "with training")
    table += [
        Row(f"CPU efficiency, {name}", "", f"{part:.0%}", "", "at least 85%", part >= 0.85)
        for name, part in zip(names, share, strict=True)
    ]
    peak = max(found["peak untrained"], found["peak trained"])
    most = max(value for name, value in found.items() if name.startswith("peak stock"))
    table.append(
        Row(
            "peak memory of a worker", _memory(most), _memory(peak), "", "at most 1.5 GB",
            peak <= 1.5e9,
        )
    )  # fmt: skip
    killed = found["killed"]
    table.append(
        Row(
            f"resumed after a kill ({killed['half']} done)", "", f"{killed['second']:.1f} s",
            "", "", None,
        )
    )  # fmt: skip
    return table


def _times(what: str, stock: float, pawmark: float, target: float) -> Row:
    ratio = stock / pawmark
    return Row(
        what,
        f"{stock:.1f} s",
        f"{pawmark:.1f} s",
        f"{ratio:.1f}",
        f"at least {target}",
        ratio >= target,
    )


def _processor(found: dict[str, Any], group: str, name: str) -> Row:
    stock, pawmark = found[f"stock {group} cpu"], found[f"pawmark {group} cpu"]
    ratio = f"{stock / pawmark:.1f}"
    return Row(f"processor time, {name}", f"{stock:.1f} s", f"{pawmark:.1f} s", ratio, "", None)


def _memory(size: float) -> str:
    return f"{size / 1e9:.2f} GB"


def efficiency(found: dict[str, Any], group: str) -> float:
    """Return the student code's processor time as a share of what the cores had."""
    profile = found[f"profile {group}"]
    student = sum(entry.get("student_cpu", 0.0) for entry in profile["submissions"])
    return student / (found["cores"] * profile["wall"])


def profile(found: dict[str, Any], group: str) -> list[tuple[str, float]]:
    """Return where the cores' time went in a cold run: seconds by what they were spent on.

    What each process took was last seen up to half a second before it ended; what is missing stands
    in a line of its own, with what the system and the measuring took.
    """
    taken = found[f"profile {group}"]
    cpu = taken["cpu"]
    student = sum(entry.get("student_cpu", 0.0) for entry in taken["submissions"])
    around = max(0.0, cpu["templates"] + cpu[""] - student)
    spent = student + around + cpu["workers"] + cpu["nbgrader"]
    rest = max(0.0, found["cores"] * taken["wall"] - spent)
    idle = min(taken["idle"], rest)
    return [
        ("student code", student),
        ("imports of templates, starts of sandboxes and kernels", around),
        ("workers: their imports, repair, checks, questions", cpu["workers"]),
        ("nbgrader writes the grades", cpu["nbgrader"]),
        ("the system, the measuring, and the last half second of each process", rest - idle),
        ("idle", idle),
    ]


def growth(found: dict[str, Any]) -> str:
    """Return a table of how the time grows with the class, and what each submission more takes."""
    times = {
        kind: {int(size): seconds for size, seconds in found["growth"][kind].items()}
        for kind in ("stock", "pawmark")
    }
    sizes = sorted(times["stock"])
    lines = [
        "| Class | stock nbgrader | Pawmark | times as fast | each submission more |",
        "|---|---|---|---|---|",
    ]
    for before, size in zip([None, *sizes], sizes, strict=False):
        stock, pawmark = (times[kind][size] for kind in ("stock", "pawmark"))
        more = ""
        if before is not None:
            slopes = [
                (times[kind][size] - times[kind][before]) / (size - before)
                for kind in ("stock", "pawmark")
            ]
            more = "{:.2f} s and {:.2f} s".format(*slopes)
        lines.append(
            f"| {size} | {stock:.1f} s | {pawmark:.1f} s | {stock / pawmark:.1f} | {more} |"
        )
    return "\n".join(lines)


def copies(found: dict[str, Any]) -> str:
    """Return a table of what writing grades takes, from recordings that are there already."""
    times = {
        side: {int(size): took for size, took in found["copies"][side].items()}
        for side in ("nbgrader", "pawmark")
    }
    lines = [
        "| Class | nbgrader autograde | pawmark grade | processor time of both | of a submission |",
        "|---|---|---|---|---|",
    ]
    for size in sorted(times["nbgrader"]):
        plain, own = (times[side][size] for side in ("nbgrader", "pawmark"))
        each = " and ".join(f"{1000 * one['cpu'] / size:.0f} ms" for one in (plain, own))
        lines.append(
            f"| {size} | {plain['seconds']:.1f} s | {own['seconds']:.1f} s | "
            f"{plain['cpu']:.1f} s and {own['cpu']:.1f} s | {each} |"
        )
    return "\n".join(lines)


def of_otter(found: dict[str, Any]) -> str:
    """Say how long otter-grader takes, if it was there."""
    if "otter" not in found:
        return "otter-grader was not installed."
    told = found["otter"]
    seconds, count = told["seconds"], len(told["seconds"])
    stock = found[f"stock untrained {told['assignment']}"]
    return (
        f"otter-grader {told['version']}, as `otter run` without containers, takes "
        f"{sum(seconds):.1f} s for the {count} submissions of {told['assignment']} whose checks "
        f"it runs; stock nbgrader takes {stock:.1f} s for them."
    )


def markdown(found: dict[str, Any]) -> str:
    """Return the report as a page."""
    lines = [
        "# Times of grading, beside stock nbgrader",
        "",
        f"{found['machine']}. {found['versions']}. Written by `python -m benchmarks`.",
        "",
        "| What | stock nbgrader | Pawmark | times as fast | target | reached |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows(found):
        reached = "" if row.reached is None else ("yes" if row.reached else "no")
        cells = (row.what, row.stock, row.pawmark, row.ratio, row.target, reached)
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"At the end {found['load']:.1f} processes wanted to run at once. Where that is more than "
        "the cores, other work slowed both sides, and the rows of processor time say more than the "
        "clock.",
        "",
        "Stock nbgrader runs everything again after a check was edited and where nothing changed: "
        "its time there is that of its cold run.",
        "",
        "Growth with the class, one small assignment:",
        "",
        growth(found),
        "",
        "Writing grades: copies of one notebook, graded from its recording. On both sides Pawmark "
        "grades; nbgrader's converter writes one submission after another, `pawmark grade` many at "
        "once:",
        "",
        copies(found),
        "",
        of_otter(found),
    ]
    for group in ("untrained", "trained"):
        parts = profile(found, group)
        whole = sum(seconds for _, seconds in parts)
        lines += ["", f"Where the cores' time went, cold, assignments {group}:", ""]
        lines += [f"- {name}: {seconds:.1f} s, {seconds / whole:.0%}" for name, seconds in parts]
    return "\n".join(lines) + "\n"


def write(folder: Path, name: str, found: dict[str, Any]) -> str:
    """Write figures, page and picture; return the page."""
    found["machine"] = (
        f"{platform.processor() or platform.machine()}, {found['cores']} cores, "
        f"{psutil.virtual_memory().total / _GIB:.0f} GiB, {platform.system()} {platform.release()}"
    )
    versions = [f"{package} {version(package)}" for package in _PACKAGES]
    found["versions"] = f"Python {platform.python_version()}, {', '.join(versions)}"
    folder.mkdir(parents=True, exist_ok=True)
    page = markdown(found)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(page, encoding="utf-8")
    draw(found).savefig(folder / f"{name}.svg", metadata={"Date": None})
    return page


def draw(found: dict[str, Any]) -> Figure:
    """Draw the times of both, on a logarithmic scale, with the seconds written beside the bars."""
    mpl.rcParams["svg.hashsalt"] = "pawmark"

    def again(kind: str) -> tuple[float, float]:
        stock = sum(found[f"stock {group}"] for group in ("untrained", "trained"))
        return stock, found[f"pawmark {kind} all"]

    pairs = [
        ("assignments with training", found["stock trained"], found["pawmark trained"]),
        ("assignments without training", found["stock untrained"], found["pawmark untrained"]),
        ("regrade after a check edit", *again("edited")),
        ("regrade, unchanged", *again("unchanged")),
    ]
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for place, (_, stock, pawmark) in enumerate(pairs):
        for offset, seconds, colour, hatch, label in (
            (-0.2, stock, "#767676", "//", "stock nbgrader"),
            (0.2, pawmark, "#1f5fa8", "", "Pawmark"),
        ):
            axes.barh(
                place + offset,
                seconds,
                height=0.38,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=label if place == 0 else None,
            )
            axes.annotate(
                f"{seconds:.1f} s", (seconds, place + offset), (4, 0),
                textcoords="offset points", va="center", fontsize=9,
            )  # fmt: skip
    axes.set_yticks(range(len(pairs)), [name for name, _, _ in pairs])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(0.5, max(pair[1] for pair in pairs) * 2)
    axes.set_xlabel(f"seconds, on {found['cores']} cores (each line is ten times the last)")
    axes.grid(axis="x", alpha=0.4)
    axes.set_axisbelow(True)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
