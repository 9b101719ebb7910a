"""Charts of training runs, for the pages of feedback and report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from pawmark.grading.course import Chart
from pawmark.grading.pages.charts import ACCENT, BAD, GOOD, INK, MUTED, drawing, to_svg
from pawmark.vision.training import Training
from pawmark.wording import counted

_WORST = 3.0  # losses above this are drawn at the top: a run that explodes flattens no other


def training_chart(training: Training) -> Chart:
    """Draw one student's training run beside the bar."""
    with drawing(7.6, 3.5) as (figure, ax):
        epochs = max(len(training.loss), len(training.val_loss), 1)
        _losses(ax, training)
        best = 1 + int(np.argmin(training.val_loss)) if training.val_loss else epochs
        ax.plot([best], [_shown(training.judged)], "D", color=ACCENT, markersize=9, zorder=5,
                label="your best model, on new photographs", linestyle="none")  # fmt: skip
        _level(ax, training.prior, "has learnt nothing", ":")
        if training.bar is not None:
            _level(ax, training.bar, "the bar", "--")
        _frame(ax, epochs)
        figure.legend(loc="outside lower center", ncols=3)
        alt = _told(training)
        return Chart(to_svg(figure, alt, f"training {training}"), alt)


def _losses(ax: Any, training: Training) -> None:
    series = [(training.loss, "o", "none", "training loss", MUTED),
              (training.val_loss, "", "-", "validation loss", INK)]  # fmt: skip
    for losses, marker, line, label, colour in series:
        if losses:
            ax.plot(range(1, len(losses) + 1), [_shown(loss) for loss in losses],
                    marker=marker, linestyle=line, color=colour, label=label)  # fmt: skip


def _shown(loss: float) -> float:
    return min(loss, _WORST) if np.isfinite(loss) else _WORST


def _level(ax: Any, loss: float, words: str, line: str) -> None:
    """Draw a level, with its words in the margin, where no curve runs through them."""
    ax.axhline(loss, color=INK, linestyle=line, linewidth=1.3)
    ax.annotate(f"{words}\n{loss:.3g}", (1, loss), xycoords=("axes fraction", "data"),
                xytext=(6, 0), textcoords="offset points", ha="left", va="center")  # fmt: skip


def _frame(ax: Any, epochs: int) -> None:
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.set_xlim(0.7, max(epochs, 2) + 0.3)
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _told(training: Training) -> str:
    text = f"On photographs new to it your best model has a loss of {training.judged:.3g}."
    if training.bar is not None:
        side = "below" if training.judged < training.bar else "not below"
        text += f" That is {side} the bar of {training.bar:.3g}, which every sound run stays below."
    text += f" A model that has learnt nothing has {training.prior:.3g}."
    if not training.val_loss:
        text += " The history of your training could not be read, so there are no curves."
    return text


_RUNS = (
    (True, GOOD, "-", "best model passes the bar"),
    (False, BAD, "--", "best model does not pass"),
)


def training_runs_chart(runs: Sequence[Training], key: str) -> Chart:
    """Draw the validation losses of all students beside the bar."""
    bar, prior = runs[0].bar, runs[0].prior
    epochs = max(len(run.val_loss) for run in runs)
    limit = prior if bar is None else bar
    with drawing(8.6, 4.2) as (figure, ax):
        for sound, colour, line, label in _RUNS:
            some = [run for run in runs if (run.judged < limit) is sound]
            alpha = min(0.7, max(0.15, 25 / max(len(some), 1)))
            for number, run in enumerate(some):
                losses = [_shown(loss) for loss in run.val_loss]
                name = f"{label}: {len(some)}" if number == 0 else None
                ax.plot(range(1, len(losses) + 1), losses, color=colour, linestyle=line,
                        alpha=alpha, linewidth=1.4, label=name)  # fmt: skip
            ax.plot([epochs + 0.4] * len(some), [_shown(run.judged) for run in some], "_",
                    color=colour, markersize=14, markeredgewidth=1.6, alpha=alpha)  # fmt: skip
        _level(ax, prior, "has learnt nothing", ":")
        if bar is not None:
            _level(ax, bar, "the bar", "--")
        _frame(ax, epochs)
        ax.set_xlim(right=epochs + 0.7)
        ax.set_ylabel("validation loss")
        for drawn in figure.legend(loc="outside lower center", ncols=2).get_lines():
            drawn.set_alpha(1)
        passed = sum(run.judged < limit for run in runs)
        alt = (
            f"Validation losses of {counted(len(runs), 'training run')} by epoch. The best model "
            f"of {passed} of them passes the bar; the dashes on the right are the losses of the "
            "best models on photographs that no model has seen."
        )
        return Chart(to_svg(figure, alt, key), alt)
