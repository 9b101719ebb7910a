"""Figures for the notebooks: one look, readable without colour, each with an alternative text."""

from pawmark.figures.data import (
    overlay,
    show_class_prior,
    show_difference,
    show_gray,
    show_grid,
    show_overlay,
    show_pair,
)
from pawmark.figures.style import LABELS, OKABE_ITO, Label, figure, show
from pawmark.visible import activate

# Every notebook imports its figures first, so its checks are shown well without a line of its own.
activate()

__all__ = [
    "LABELS",
    "OKABE_ITO",
    "Label",
    "figure",
    "overlay",
    "show",
    "show_class_prior",
    "show_difference",
    "show_gray",
    "show_grid",
    "show_overlay",
    "show_pair",
]
