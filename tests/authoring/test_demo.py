"""The class of eight of ``pawmark demo``: what it asks of the machine."""

import io
from pathlib import Path

import nbformat
from rich.console import Console

from pawmark.authoring import demo
from pawmark.grading.course_folder import copy_course, source_notebook

ROOT = Path(__file__).resolve().parents[2]


def test_only_an_endless_loop_is_cut_off_early(monkeypatch, tmp_path):
    """A busy machine has the usual time for the assignment's own cells and for right answers."""
    monkeypatch.delenv("PAWMARK_CELL_TIMEOUT", raising=False)
    course = copy_course(ROOT, tmp_path, demo.ASSIGNMENTS)
    before = {name: limits(course, name) for name in demo.ASSIGNMENTS}
    demo.limit_loops(course)
    after = {name: limits(course, name) for name in demo.ASSIGNMENTS}

    assert "PAWMARK_CELL_TIMEOUT" not in demo.environment_of(Console(file=io.StringIO()))
    assert after == {
        "02_data_loading": before["02_data_loading"] | {"02-shuffle-pairs": demo.LOOP_LIMIT},
        "03_encoder_decoder": before["03_encoder_decoder"] | {"03-train": demo.LOOP_LIMIT},
    }


def limits(course, assignment):
    """Return the limits of time that cells of a source have of their own, by name."""
    cells = nbformat.read(source_notebook(course, assignment), as_version=4).cells
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.metadata["pawmark"]["seconds"]
        for cell in cells
        if "seconds" in cell.metadata.get("pawmark", {})
    }
