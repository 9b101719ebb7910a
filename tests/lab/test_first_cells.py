"""The first cells of a release, in a browser, on each kind of machine that can be simulated.

Each test leaves a picture in build/screenshots/, for people to look at.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser import ROOT, Notebook, chromium, expect, needs_browser, screenshot, serve

from pawmark.grading.intake.first_cell import source_of

pytestmark = needs_browser

NAME = "02_data_loading"
WHEEL = "pawmark-0.1.0.dev0-py3-none-any.whl"


def python_without_pawmark(folder: Path) -> Path:
    """Make a Python with all packages of this one but Pawmark, as Colab and Kaggle have them."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(("_pawmark", "pawmark")):
            (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def python_of_windows(folder: Path) -> Path:
    """Make a Python in which Pawmark finds what there is on Windows; see ``like_windows.py``."""
    python = python_without_pawmark(folder)
    (site,) = folder.glob("lib/python*/site-packages")
    shutil.copy(ROOT / "tests" / "support" / "like_windows.py", site)
    (site / "as_on_windows.pth").write_text(f"{ROOT / 'src'}\nimport like_windows\n")
    return python


def kernel_of(python: Path, folder: Path) -> Path:
    """Describe a kernel that is not of JupyterLab's own Python; return the folder that tells."""
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "Python 3 (ipykernel)", "language": "python"}
    kernel["env"] = {"PYTHONPATH": ""}  # tests may be told by it where the package lies
    (spec / "kernel.json").write_text(json.dumps(kernel))
    return folder


def handed_out(folder: Path, install: str = "") -> list[str]:
    """Put a release into a folder, with what its first cell installs; return the names of cells."""
    folder.mkdir()
    notebook = nbformat.read(ROOT / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    (first,) = (cell for cell in notebook.cells if cell.id == "pawmark-first")
    first.source = source_of(install)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return [cell.id for cell in notebook.cells]


@contextlib.contextmanager
def opened(folder: Path, ids: list[str], python: Path) -> Iterator[Notebook]:
    """Open what was handed out, with a kernel of this Python."""
    kernels = {"JUPYTER_PATH": str(kernel_of(python, folder / "jupyter"))}
    with serve(folder / "handed out", "lab", "02", **kernels) as server, chromium() as page:
        yield Notebook.open(page, server, ids)


@pytest.mark.slow
def test_without_the_package_the_first_cell_says_what_to_do(tmp_path):
    """Where Pawmark is absent, a student reads one message, and sees it whole."""
    ids = handed_out(tmp_path / "handed out")
    python = python_without_pawmark(tmp_path / "venv")
    with opened(tmp_path, ids, python) as notebook:
        output = notebook.run("pawmark-first")
        expect(output).to_contain_text("The package pawmark is absent here")
        screenshot(notebook.page, "first-cells-package-absent")
        text = output.inner_text()

    # Breaks of lines are the message's own: JupyterLab breaks long ones within words.
    said = text[text.rindex("ModuleNotFoundError:") :].splitlines()
    assert said[0] == "ModuleNotFoundError: The package pawmark is absent here:"
    assert said[-1].endswith("then this cell again.")
    assert max(map(len, said)) < 90


@pytest.mark.slow
def test_the_first_cell_installs_what_the_instructor_chose(tmp_path):
    """Where Pawmark is absent and may be installed, the next cells run without another step."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    ids = handed_out(tmp_path / "handed out", f"--no-deps {WHEEL}")
    subprocess.run(
        [*build, "-d", tmp_path / "handed out"], cwd=ROOT, check=True, capture_output=True
    )
    python = python_without_pawmark(tmp_path / "venv")
    with opened(tmp_path, ids, python) as notebook:
        notebook.run("pawmark-first")
        expect(notebook.run("setup")).to_contain_text("photographs with masks")
        notebook.run("first-look").locator("img").wait_for()
        notebook.output("setup").scroll_into_view_if_needed()
        screenshot(notebook.page, "first-cells-installed-by-the-notebook")

    (site,) = tmp_path.glob("venv/lib/python*/site-packages")
    assert (site / "pawmark" / "__init__.py").exists()
    assert not (site / "pawmark").is_symlink()


@pytest.mark.slow
def test_the_first_cells_run_where_windows_lacks_much(tmp_path):
    """A kernel that lacks what Windows lacks finds the photographs and shows them."""
    ids = handed_out(tmp_path / "handed out")
    with opened(tmp_path, ids, python_of_windows(tmp_path / "venv")) as notebook:
        assert notebook.run("pawmark-first").inner_text() == ""
        expect(notebook.run("setup")).to_contain_text("photographs with masks (synthetic data)")
        picture = notebook.run("first-look").locator("img")
        picture.scroll_into_view_if_needed()
        screenshot(notebook.page, "first-cells-windows")
        alt = picture.get_attribute("alt")

    assert alt.startswith("Four photographs of pets in a row")
