"""What student code can import and read of this package: the students' library, nothing hidden."""

import pytest

from pawmark.grading import course as courses
from pawmark.grading import fingerprint
from pawmark.grading.sandbox import bubblewrap, landlocked, view
from pawmark.grading.sandbox.landlocked import Landlocked
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel

LIMIT = 60.0
HIDDEN = (
    "pawmark.checks",
    "pawmark.vision.calibration",
    "pawmark.vision.data",
    "pawmark.grading.checks.specification",
    "pawmark.grading.secret",
    "pawmark.grading.run.seeds",
    "pawmark.grading.course",
    "pawmark.reporting",
    "pawmark.authoring",
)
STUDENTS = ("pawmark.pets", "pawmark.figures.training", "pawmark.models", "pawmark.quiet")
TRY = """
import importlib, pathlib, pawmark
for name in {names!r}:
    try:
        importlib.import_module(name)
        print(name, "imported")
    except (ImportError, OSError):
        print(name, "absent")
def is_read(path):
    try:
        return bool(path.read_bytes()) or True
    except OSError:
        return False
root = pathlib.Path(pawmark.__file__).parent
for name in ("checks.py", "vision/calibration/judging.py", "grading/secret.py", "vision/inside.py"):
    print(name, "read" if is_read(root / name) else "hidden")
"""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            sandbox,
            id=module.__name__.rpartition(".")[2],
            marks=pytest.mark.skipif(
                module.available() is not None, reason=str(module.available())
            ),
        )
        for sandbox, module in ((Bubblewrap, bubblewrap), (Landlocked, landlocked))
    ],
)
def kernel(request):
    """Start a student's process in one of the sandboxes."""
    with StudentKernel(request.param()) as started:
        yield started


def test_only_the_students_library_is_there(kernel):
    """Checks, bars, seeds and report can be neither imported nor read; what notebooks use can."""
    run = kernel.run(TRY.format(names=(*HIDDEN, *STUDENTS)), LIMIT)
    text = "".join(output["text"] for output in run.outputs if output.get("name") == "stdout")
    found = dict(line.split() for line in text.splitlines())

    assert {found[name] for name in HIDDEN} == {"absent"}, found
    assert {found[name] for name in STUDENTS} == {"imported"}, found
    assert found["vision/inside.py"] == "read"
    assert {found[n] for n in found if n.endswith(".py") and n != "vision/inside.py"} == {"hidden"}


def test_a_package_among_others_is_shown_in_part(tmp_path, monkeypatch):
    """Where the package lies among installed ones, all beside it is shown, and no link around it.

    Landlock only grants; so whoever installs the package, and does not work in a checkout, has its
    neighbours granted one by one.
    """
    packages = tmp_path / "lib" / "site-packages"
    (packages / "pawmark" / "reporting").mkdir(parents=True)
    (packages / "numpy").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "lib64").symlink_to("lib")
    (tmp_path / "around").symlink_to(packages / "pawmark" / "reporting")
    monkeypatch.setattr(fingerprint, "PACKAGE", packages / "pawmark")

    with courses.using(courses.PlainCourse()):
        whole, listed = view.places([str(tmp_path)])

    parts = {
        str(packages / "pawmark" / name) for name in (*fingerprint.INSIDE, *fingerprint.OUTSIDE)
    }
    assert set(whole) == {str(tmp_path / "bin"), str(packages / "numpy"), *parts}
    assert set(listed) == set(
        map(str, (tmp_path, tmp_path / "lib", packages, packages / "pawmark"))
    )
