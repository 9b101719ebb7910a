"""The documentation: it builds without a warning, links hold, and its commands are real."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from nbgrader.apps.nbgraderapp import NbGraderApp
from typer.main import get_command

from pawmark import cli
from pawmark.cli.options import in_front
from pawmark.grading.course_folder import copy_course
from pawmark.grading.sandbox import bubblewrap

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDE = "writing-an-assignment.md"
OUTSIDE = "from-inside-to-outside.md"

# Programs whose documented commands a test runs, inside a copy of the course.
RUN = ("pawmark", "nbgrader", "python", "mkdir", "cp")
# Commands that no test runs, each with the reason. A command that is in neither list fails.
ACTIVE = "the environment of the tests is active already"
BROWSER = "opens a browser and stays; the tests of the browser do that"
INSTALLS = "installs into, or fills, an environment of its own; takes the network"
CLUSTER = "needs the machines of a cluster; test_cluster.py does it with workers of its own"
BUILDS = "builds the environment that runs these tests"
NOT_RUN = {
    ". .venv/bin/activate": ACTIVE,
    "make environment": BUILDS,
    "make coverage": "runs all tests, and this one would run itself",
    "make sandbox": BUILDS,
    "make environment sandbox": BUILDS,
    "make demo": "takes minutes; what it does is tested piece by piece",
    "make test": "runs these very tests",
    "make test-all": "runs these very tests",
    'make test ARGS="-k pets"': "runs these very tests",
    "pawmark prove": "runs every reference, which takes minutes; test_adopting.py proves a course",
    "cd my_course": "the shell's own; test_the_way_outside_runs_as_it_is_written goes there",
    "make prove": "takes minutes; tests/authoring/test_proof.py proves a part of it",
    "make versions": INSTALLS,
    "make lint": "the linter runs on every change, beside the tests",
    "make help": "lists the targets",
    "pawmark lab 01": BROWSER,
    "pawmark lab --instructor": BROWSER,
    "jupyter lab source/07_share_of_pet/07_share_of_pet.ipynb": BROWSER,
    "pawmark --install-completion": "writes into the start-up file of the user's shell",
    "python3 -m venv .venv": INSTALLS,
    "pip install pawmark-*.whl": INSTALLS,
    "pip install --no-index --no-deps wheelhouse/pawmark-*.whl": INSTALLS,
    (
        "pip install --no-index --no-deps --find-links wheelhouse "
        "--requirement wheelhouse/requirements.lock"
    ): INSTALLS,
    "pip download --no-deps --requirement requirements.lock --dest wheelhouse": INSTALLS,
    "python -m hatchling build --target wheel --directory wheelhouse": INSTALLS,
    "cp requirements.lock wheelhouse/": INSTALLS,
    'cp -r "$(.venv/bin/pawmark data make --path)" /media/usb/photographs': (
        "wants a stick; tests/house/test_offline_room.py copies the photographs elsewhere"
    ),
    "PAWMARK_CACHE=/srv/pawmark pawmark data make": "writes into a folder of the system",
    "pip install 'pawmark[grader,cluster]'": INSTALLS,
    "pawmark grade 02 03 --scheduler tcp://HOST:8786": CLUSTER,
    "dask scheduler": CLUSTER,
    "dask worker tcp://HOST:8786 --nworkers 4 --nthreads 1": CLUSTER,
    "dask worker tcp://HOST:8786 --nthreads 1 --resources GPU=1": CLUSTER,
    "PAWMARK_PROFILE=gpu pawmark grade 03 --scheduler tcp://HOST:8786": CLUSTER,
    "helm install --repo https://helm.dask.org --create-namespace -n dask-operator   "
    "--generate-name dask-kubernetes-operator": CLUSTER,
    "kubectl apply -f cluster.yaml": CLUSTER,
    "kubectl port-forward service/pawmark-scheduler 8786:8786 &": CLUSTER,
    "pawmark grade 02 03 --scheduler tcp://127.0.0.1:8786": CLUSTER,
    "kubectl delete -f cluster.yaml": CLUSTER,
    "pawmark data fetch": "downloads 0.8 GB; test_pets_archive.py does it from a local server",
    "export PAWMARK_TRAINING=handed-in": "test_handed_in_assignment.py grades so",
    "nbgrader autograde 03_encoder_decoder": "test_handed_in_assignment.py grades so",
    "pre-commit install": "writes into the checkout's git hooks",
}
# The doctor looks at the machine of whoever runs this: what it finds is not judged here.
MAY_END_WITH = {"pawmark doctor": (0, 1)}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    kind: str
    text: str

    @property
    def commands(self):
        """Yield the commands of a block for a shell, without remarks and without ``.venv/bin/``."""
        text = self.text.replace("\\\n", "")
        for line in text.splitlines() if self.kind in ("sh", "console", "bash") else ():
            command = line.removeprefix("$ ").split("  #")[0].strip()
            if command:
                yield command.removeprefix(".venv/bin/")


def blocks(page):
    """Return the fenced blocks of a page, in order."""
    fences = [token for token in MarkdownIt().parse(page.read_text()) if token.type == "fence"]
    return [Block(page, (token.info.split() or [""])[0], token.content) for token in fences]


def runs(page):
    """Tell whether a page has a command that is run."""
    return any(command not in NOT_RUN for block in blocks(page) for command in block.commands)


class Links(HTMLParser):
    """Collects where a page links to, and what can be linked to in it."""

    def __init__(self, page):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Take one tag."""
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.targets.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site, every warning an error, every reference resolved."""
    folder = tmp_path_factory.mktemp("site")
    options = ["-W", "--keep-going", "-n", "-q", "-b", "html", "-d", folder / "doctrees"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ROOT / "docs", folder / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_the_site_holds_every_page(site):
    """Every Markdown page of docs/ is built and found from the index."""
    index = Links(site / "index.html").targets
    names = {page.stem for page in PAGES if page.parent.name == "docs"} - {"index"}

    assert names - {target.removesuffix(".html") for target in index} == set()


def test_links_within_the_site_hold(site):
    """Each link leads to a page that is there, and to an anchor that is on it."""
    pages = {page.relative_to(site).as_posix(): Links(page) for page in site.rglob("*.html")}
    broken = []
    for name, page in pages.items():
        for target in map(urlsplit, page.targets):
            if target.scheme or target.path.startswith("_"):
                continue
            path = unquote(target.path) or name
            known = pages.get(path)
            if known is None or (target.fragment and target.fragment not in known.anchors):
                broken.append(f"{name}: {target.geturl()}")

    assert broken == []


def test_the_reference_tells_of_every_public_name(site):
    """What the public modules offer is in the reference."""
    import pawmark.figures
    import pawmark.pets

    anchors = Links(site / "reference.html").anchors
    offered = [f"pawmark.pets.{name}" for name in pawmark.pets.__all__]
    offered += [f"pawmark.figures.{name}" for name in pawmark.figures.__all__]
    constants = {"pawmark.pets.GENERATOR_VERSION", "pawmark.figures.LABELS"}
    constants |= {"pawmark.figures.OKABE_ITO"}

    assert set(offered) - constants - anchors == set()


def test_the_command_line_is_documented_from_its_help(site):
    """The page on the command line has a section for each command, with its examples."""
    page = (site / "command-line.html").read_text()

    for name in get_command(cli.app).commands:
        assert f"pawmark {name}" in page
    assert "<!-- commands -->" not in page


def test_captions_are_headings_of_a_level(site):
    """A screen reader is told of which level each caption of the contents is."""
    assert not [page for page in site.glob("*.html") if 'role="heading">' in page.read_text()]


def test_links_of_the_repository_pages_hold():
    """README and the other pages that are read as files link to files that are there."""
    missing = []
    for page in PAGES:
        tokens = [t for token in MarkdownIt().parse(page.read_text()) for t in token.children or []]
        for token in tokens:
            target = urlsplit(str(token.attrGet("href") or ""))
            if target.path and not target.scheme and not (page.parent / target.path).exists():
                missing.append(f"{page.name}: {target.geturl()}")

    assert missing == []


def documented():
    """Return every documented command with its page."""
    return [
        (block.page, command)
        for page in PAGES
        for block in blocks(page)
        for command in block.commands
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documented_commands_exist(page):
    """Commands, options, make targets and nbgrader subcommands in a page are real ones."""
    targets = (ROOT / "Makefile").read_text()
    for command in [command for block in blocks(page) for command in block.commands]:
        program, *words = shlex.split(command)
        assert program in RUN or command in NOT_RUN, (
            f"say in NOT_RUN why this is not run: {command}"
        )
        while "=" in program:  # a variable for this one command
            program = words.pop(0)
        if program == "pawmark":
            parse(words)
        elif program == "make":
            assert all(f"\n{word}:" in targets for word in words if "=" not in word), command
        elif program == "nbgrader":
            assert words[0] in NbGraderApp.subcommands, command


def parse(words):
    """Read the words of a pawmark command as typer does, without running it."""
    command, path = get_command(cli.app), ["pawmark"]
    words = [word for word in in_front(words) if word not in ("-q", "--quiet", "-v")]
    while words and words[0] in getattr(command, "commands", {}):
        path.append(words.pop(0))
        command = command.commands[path[-1]]
    if words != ["--install-completion"]:
        assert not hasattr(command, "commands"), f"no command: {' '.join(words)}"
        command.make_context(" ".join(path), words)


def test_every_command_that_is_not_run_is_documented():
    """The list of commands that no test runs holds none that is gone, and a reason for each."""
    assert set(NOT_RUN) - {command for _, command in documented()} == set()
    assert all(len(reason) > 15 for reason in NOT_RUN.values())


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets):
    """Give a copy of the course with one assignment and one submission, as an instructor has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_DATA", str(small_pets.root))
        yield copy_of_the_course(tmp_path_factory.mktemp("documented"))


def copy_of_the_course(folder):
    """Copy what the documented commands work on."""
    folder = copy_course(ROOT, folder, ["02_data_loading"])
    for checks in (folder / "grader_tests").glob("0[!2]_*"):
        shutil.rmtree(checks)
    for part in (
        "scripts",
        "pyproject.toml",
        "tests/conftest.py",
        "tests/answers_bank/test_answer_bank.py",
    ):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / part).parent.mkdir(exist_ok=True)
        copy(ROOT / part, folder / part)
    for answer in ("right/answer_pillow_only.py", "wrong/answer_labels_from_one.py"):
        path = folder / "tests" / "answers" / "02_data_loading" / answer
        path.parent.mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "answers" / "02_data_loading" / answer, path)
    handed_in = folder / "submitted" / "anna" / "02_data_loading"
    handed_in.mkdir(parents=True)
    shutil.copy(folder / "source" / "02_data_loading" / "02_data_loading.ipynb", handed_in)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a page is a whole session
@pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if runs(page) and page.name != OUTSIDE],
    ids=lambda page: page.name,
)
def test_documented_commands_run(page, course):
    """Every documented command runs, page by page, in the order in which a reader meets them."""
    for block in blocks(page):
        if page.name == GUIDE and block.kind == "python":
            follow(course, block.text)
        for command in block.commands:
            if command not in NOT_RUN:
                run(command, course)

    if page.name == GUIDE:
        table = run("pawmark grades", course)
        assert "3 of 3" in table
        assert "0 of 3" in table


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
def test_the_way_outside_runs_as_it_is_written(tmp_path):
    """In a new course: each file is saved where the text says, and what is shown is what comes."""
    page = ROOT / "docs" / OUTSIDE
    where, said, saved = tmp_path, "", iter(files_named_in(page))
    refused = []
    for block in blocks(page):
        if block.kind == "python":
            path = where / next(saved)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        if block.kind == "text":
            missing = [line for line in block.text.splitlines() if line not in said]
            assert missing == [], said
        if block.kind == "sh":
            said = ""
        for command in block.commands:
            if command.startswith("cd "):
                where = where / command.removeprefix("cd ")
            elif command == "pawmark prove" and not refused:
                said = run(command, where, good=(1,))
                refused.append(command)
            else:
                said += run(command, where)

    assert list(saved) == []
    assert re.search(r"reference\W+2 of 3, waits", said)


def files_named_in(page):
    """Return the files that a page asks to save, in order: what it names last before each."""
    text, found = page.read_text(), []
    for before in text.split("```python")[:-1]:
        found.append(re.findall(r"`((?:grader_tests|tests)/[^`]+\.py)`", before)[-1])
    return found


def run(command, course, good=None):
    """Run a command as a reader does, in a shell inside the course."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=course,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    good = good or MAY_END_WITH.get(command, (0,))
    assert done.returncode in good, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def follow(course, text):
    """Do what the guide asks to do with a block of Python: save an answer, or add to a check."""
    if text.startswith('"""'):
        folder = course / "tests" / "answers" / "07_share_of_pet" / "wrong"
        (folder / "answer_contour_left_out.py").write_text(text)
        return
    module = course / "grader_tests" / "07_share_of_pet" / "test_07_pet_share.py"
    checks, last = module.read_text(), "    ],\n    same=close("
    assert checks.count(last) == 1
    checks = checks.replace("Stratum, close", "Stratum, Variant, close")
    module.write_text(checks.replace(last, f"{text.rstrip()},\n{last}"))
