"""A student's install works with the oldest versions that it allows, the newest, and Colab's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from releases import imports_of_releases

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
# What a student does first: photographs, the set-up of a notebook, a layer that is called.
FIRST_STEPS = """
from keras import layers
from pawmark import pets, profiles

data = pets.synthetic(count=12)
layer = layers.Conv2D(4, 3, strides=2, padding="same")
print(len(data.names), tuple(layer(data.read_image(data.names[0])[None] / 255).shape)[-1])
"""


def uv(*arguments, folder):
    """Run uv in silence, with the mirrors that the user has set."""
    return subprocess.run(
        [UV, *map(str, arguments), "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build what `pip install pawmark` installs."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


COLAB = ROOT / "tests" / "support" / "colab.txt"
WAYS = {
    "oldest": ("--resolution", "lowest-direct"),
    "newest": ("--resolution", "highest"),
    "colab": ("--constraint", COLAB),
}


def skip_without_packages(done):
    """Skip where there is no network, but not where tests run unattended: nothing were tried."""
    if done.returncode and "network" in done.stderr.lower() and not os.environ.get("CI"):
        pytest.skip(f"packages cannot be had here: {done.stderr.strip()[-200:]}")


def first_cells(folder):
    """Write the first cells of a release, up to its first exercise, as a notebook; return it."""
    notebook = nbformat.read(ROOT / "release/02_data_loading/02_data_loading.ipynb", as_version=4)
    flags = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    end = next(i for i, flag in enumerate(flags) if flag.get("solution"))
    notebook.cells = notebook.cells[:end]
    nbformat.write(notebook, folder / "first.ipynb")
    return folder / "first.ipynb"


@pytest.mark.slow
@pytest.mark.timeout(2400)  # two gigabytes are unpacked
@pytest.mark.parametrize("way", WAYS)
def test_a_students_install(wheel, tmp_path, way):
    """The lower bounds are versions that were tried; today's newest and Colab's are, too."""
    python = tmp_path / "venv" / "bin" / "python"
    made = uv("venv", "--python", sys.executable, tmp_path / "venv", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    installed = uv("pip", "install", "--python", python, *WAYS[way], wheel, folder=tmp_path)
    skip_without_packages(installed)
    assert installed.returncode == 0, installed.stderr

    hidden = ("PYTHONPATH", "PYTHONHOME", "PAWMARK_DATA", "PAWMARK_COURSE")
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    surroundings["PAWMARK_CACHE"] = str(tmp_path / "cache")

    def run(*command):
        return subprocess.run(
            [python, *command],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )

    steps = run("-c", FIRST_STEPS)
    found = run("-c", "from pawmark.cli import main; main()", "doctor", "--json")
    lab = run("-m", "jupyterlab", "--version")
    imports = run("-c", "\n".join(imports_of_releases()))
    cells = run("-m", "IPython", "--colors=NoColor", first_cells(tmp_path))

    assert steps.returncode == 0, steps.stderr
    assert steps.stdout.split()[-1] == "4"
    assert found.returncode == 0, found.stdout
    assert {one["status"] for one in json.loads(found.stdout)} == {"ok"}
    assert lab.returncode == 0, lab.stderr
    assert imports.returncode == 0, imports.stderr
    assert cells.returncode == 0, cells.stdout + cells.stderr
    assert "photographs with masks" in cells.stdout


@pytest.mark.slow
def test_colab_keeps_the_versions_that_it_is_tied_to():
    """Nothing that Colab asks for at one version has to be replaced for Pawmark."""
    resolved = uv(
        "pip", "compile", "--python-version", "3.12", "--constraint", COLAB, "--no-header",
        "--no-annotate", ROOT / "pyproject.toml", folder=ROOT,
    )  # fmt: skip
    skip_without_packages(resolved)

    assert resolved.returncode == 0, resolved.stderr
    assert {"ipykernel==6.17.1", "ipython==7.34.0"} <= {*resolved.stdout.split()}
