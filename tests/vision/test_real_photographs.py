"""Assignments 02, 03 and 06 on real photographs: the loader, the figures, and a little training."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pawmark

HERE = Path(__file__).resolve().parents[1]


def run_on(real_pets, cache: Path, folder: Path, name: str, *options: str) -> dict:
    """Run the cells of an assignment's reference on real photographs, in a process of its own."""
    notebook = HERE.parent / "source" / name / f"{name}.ipynb"
    done = subprocess.run(
        [sys.executable, HERE / "support" / "run_cells.py", notebook, *options],
        env={
            **os.environ,
            "PAWMARK_DATA": str(real_pets.root),
            "PAWMARK_CACHE": str(cache),
            "PAWMARK_PROFILE": "quick",
            "PYTHONPATH": str(Path(pawmark.__file__).parents[1]),
        },
        cwd=folder,  # a notebook may keep what it trained
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_loading_real_photographs(real_pets, small_cache, tmp_path):
    """Assignment 02 runs to its end on real photographs, figures and visible checks included."""
    assert run_on(real_pets, small_cache, tmp_path, "02_data_loading")["raised"] == {}


@pytest.mark.slow
def test_training_on_real_photographs(real_pets, small_cache, tmp_path):
    """Assignment 03 runs on real photographs, and a model learns from them after drawn ones.

    Sixteen photographs are too few to beat the class prior: that one visible check may say so.
    """
    found = run_on(real_pets, small_cache, tmp_path, "03_encoder_decoder", "fine-tune")

    assert set(found["raised"]) <= {"03-training-check"}
    assert all("the class prior" in text for text in found["raised"].values())
    before, after = found["losses"]
    assert after < before - 0.05


@pytest.mark.slow
def test_interpreting_on_real_photographs(real_pets, small_cache, tmp_path):
    """Assignment 06 runs to its end on real photographs, its small classifier trained on them."""
    assert run_on(real_pets, small_cache, tmp_path, "06_interpreting_convnets")["raised"] == {}
