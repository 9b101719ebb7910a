"""Other backends of Keras: the reference passes its checks on those that are installed."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
ON_JAX = (
    "02_data_loading",
    "03_encoder_decoder",
    "04_pooling_vs_stride",
    "05_architecture_patterns",
)
ON_TORCH = ("02_data_loading",)


def run_on(backend, assignment):
    return subprocess.run(
        [sys.executable, TESTS / "support" / "reference_on_backend.py", assignment],
        env=os.environ
        | {
            "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(find_spec("jax") is None, reason="JAX is not installed")
@pytest.mark.parametrize("assignment", ON_JAX)
def test_reference_passes_on_jax(assignment):
    """Every check but those of the long training accepts the reference on JAX."""
    done = run_on("jax", assignment)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "checks on jax" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("assignment", ON_TORCH)
def test_reference_passes_on_torch(assignment):
    """What trains no model works there too; see docs/backends.md for the rest."""
    done = run_on("torch", assignment)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "checks on torch" in done.stdout


def test_the_tensorflow_assignment_says_so():
    """Assignment 06 needs TensorFlow, and on another backend one sentence tells that."""
    done = run_on("jax", "06_interpreting_convnets")

    assert done.returncode != 0
    assert "needs Keras on TensorFlow" in done.stderr
    assert "Unset KERAS_BACKEND" in done.stderr
