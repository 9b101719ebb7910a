"""Charts as SVG in a page: drawn by matplotlib, coloured by the page's style sheet.

The colours of matplotlib's output are replaced by the variables of the style sheet, so that one
chart fits light and dark, and its text stays text.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from pawmark.grading.course import Chart
from pawmark.wording import counted

# Colours that stand for variables of the style sheet; none of them is ever seen.
INK, MUTED, LINE, ACCENT = "#010101", "#020202", "#030303", "#040404"
GOOD, BAD, IDLE, PAPER = "#050505", "#060606", "#070707", "#080808"
_VARIABLES = {
    INK: "--ink", MUTED: "--muted", LINE: "--line", ACCENT: "--accent",
    GOOD: "--good-fill", BAD: "--bad-fill", IDLE: "--idle-fill", PAPER: "--paper",
}  # fmt: skip

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
}


@contextmanager
def drawing(width: float, height: float) -> Iterator[tuple[Figure, Any]]:
    """Give a figure of some inches and its axes, in the style of the pages."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
        yield figure, figure.subplots()


def to_svg(figure: Figure, alt: str, key: str) -> Markup:
    """Return a figure as an SVG element with a text for those who do not see it.

    Parameters
    ----------
    figure
        Drawn within `drawing`.
    alt
        What it shows.
    key
        Different for each chart of a page: names inside the element are made from it.
    """
    drawn = io.StringIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": key}):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r'\bid="(figure|axes|patch|line2d|text|matplotlib|xtick|ytick|PathCollection'
                  r'|LineCollection|FillBetween\w*|legend)[\w.]*"', "", text)  # fmt: skip
    for colour, name in _VARIABLES.items():
        text = text.replace(colour, f"var({name})")
    box = re.search(r'viewBox="[^"]*"', text)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    opening = f'<svg {names} {box[0] if box else ""} role="img" aria-label="{escape(alt)}">'
    return Markup(opening + text[text.index(">") + 1 :])  # noqa: S704  (made here, from numbers)


def scores_chart(shares: Sequence[float], key: str) -> Chart:
    """Draw how many submissions have which share of the points."""
    counts, edges = np.histogram(np.clip(shares, 0, 1), bins=10, range=(0, 1))
    median = float(np.median(shares))
    with drawing(7.2, 2.9) as (figure, ax):
        bars = ax.bar(edges[:-1] + 0.05, counts, width=0.088, color=ACCENT)
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
        for bar, count in zip(bars, counts, strict=True):
            if count:  # on paper, so that the line of the median does not run through it
                middle = bar.get_x() + bar.get_width() / 2
                ax.annotate(str(count), (middle, count), ha="center", va="bottom", bbox=box,
                            xytext=(0, 3), textcoords="offset points")  # fmt: skip
        ax.axvline(median, color=INK, linestyle="--", linewidth=1.3)
        left = median > 0.5
        ax.annotate(f"median {median:.0%}", (median, 1), xycoords=("data", "axes fraction"),
                    xytext=(-5 if left else 5, 8), textcoords="offset points",
                    ha="right" if left else "left", va="bottom")  # fmt: skip
        ax.xaxis.set_major_locator(mpl.ticker.MultipleLocator(0.1))
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlim(-0.02, 1.02)
        ax.set_xlabel("share of the points")
        _count_axis(ax, "submissions")
        told = ", ".join(f"{n} from {low:.0%}" for n, low in zip(counts, edges, strict=False) if n)
        alt = f"Number of submissions by share of the points, in steps of 10%: {told}."
        return Chart(to_svg(figure, alt, key), alt)


def _count_axis(ax: Any, words: str) -> None:
    ax.set_ylabel(words)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.margins(y=0.15)


def usage_chart(seconds: Sequence[float], gibibytes: Sequence[float], key: str) -> Chart:
    """Draw time and memory of submissions, one point each."""
    with drawing(7.2, 3.2) as (figure, ax):
        ax.scatter(
            seconds, gibibytes, s=42, color=ACCENT, alpha=0.55, edgecolors=PAPER, linewidths=0.6
        )
        ax.set_xlabel("seconds that the student's code ran")
        ax.set_ylabel("most memory, GiB")
        ax.set_xlim(left=0)
        ax.set_ylim(bottom=0)
        ax.margins(0.08)
        alt = (
            f"Time and memory of {counted(len(seconds), 'submission')}. The median is "
            f"{np.median(seconds):.0f} s and {np.median(gibibytes):.1f} GiB, "
            f"the most {max(seconds):.0f} s and {max(gibibytes):.1f} GiB."
        )
        return Chart(to_svg(figure, alt, key), alt)
