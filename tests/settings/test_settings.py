"""The settings: each once, read as its type, refused by name, and told in the documents."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pawmark import profiles, settings
from pawmark.errors import SettingsError
from pawmark.settings import Settings, here

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pawmark"
NAME = re.compile(r"(?<![A-Z_])PAWMARK_[A-Z_]*[A-Z]")
# Of the tests and the tools around them, which no user sets for grading.
OF_TESTS = {"PAWMARK_REAL_PETS", "PAWMARK_FUZZ_EXAMPLES", "PAWMARK_MATHJAX"}
# Of other programs, which read them themselves.
OTHERS = {
    "PATH", "PYTHONPATH", "JUPYTER_CONFIG_PATH", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES",
    "MPLBACKEND", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONUTF8", "PYTHONIOENCODING",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Let nothing be set, and take back what a test adopts."""
    for name in [name for name in os.environ if name.startswith(settings.PREFIX)]:
        monkeypatch.delenv(name)
    yield
    monkeypatch.undo()
    settings.adopt({}, Path())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("memory_gb", "1.5", 1.5),
        ("memory_gb", "", None),
        ("seed", "0", 0),
        ("cell_timeout", "", 60.0),
        ("gradebook_wait", "0", 0.0),
        ("fresh", "0", False),
        ("fresh", "yes", True),
        ("progress", "off", False),
        ("warm", "yes", settings.ALWAYS),
        ("warm", "0", settings.NEVER),
        ("warm", "", ""),
        ("sandbox", "Landlock", settings.LANDLOCK),
        ("mirrors", "http://a http://b", ("http://a", "http://b")),
        ("course", "", ""),
    ],
)
def test_value_of_a_text(monkeypatch, name, text, value):
    """A text in the environment is read as the type of its setting; an empty one is none."""
    monkeypatch.setenv(settings.EVERY[name].variable, text)

    assert getattr(here, name) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PAWMARK_MEMORY_GB", "lots"),
        ("PAWMARK_MEMORY_GB", "inf"),
        ("PAWMARK_MEMORY_GB", "0"),
        ("PAWMARK_GRADEBOOK_WAIT", "abc"),
        ("PAWMARK_SEED", "abc"),
        ("PAWMARK_SEED", "-1"),
        ("PAWMARK_GRADING_SEED", "1.5"),
        ("PAWMARK_FRESH", "perhaps"),
        ("PAWMARK_WARM", "lukewarm"),
        ("PAWMARK_CELL_TIMEOUT", "nan"),
        ("PAWMARK_SANDBOX", "box"),
        ("PAWMARK_TRAINING", "maybe"),
        ("PAWMARK_PROFILE", "fast"),
    ],
)
def test_wrong_value_is_named(monkeypatch, variable, text):
    """What cannot be used is named with what is wanted, by the look at all and by its own."""
    monkeypatch.setenv(variable, text)

    with pytest.raises(SettingsError, match=f"^{variable} is '{text}': .* wanted"):
        settings.require_valid()
    with pytest.raises(SettingsError, match=f"^{variable} is '{text}': .* wanted"):
        getattr(here, variable.removeprefix(settings.PREFIX).lower())


def test_all_problems_in_one_message(monkeypatch):
    """One message names every wrong value, of the environment and of the course."""
    monkeypatch.setenv("PAWMARK_MEMORY_GB", "lots")
    monkeypatch.setenv("PAWMARK_SEED", "abc")

    with pytest.raises(SettingsError) as caught:
        settings.adopt({"cell_timeout": -3, "fresh": True, "sandbox": "landlock"}, Path())

    lines = str(caught.value).split("\n- ")
    assert len(lines) == 5
    for line, start in zip(
        lines[1:],
        ["PAWMARK_MEMORY_GB is", "PAWMARK_SEED is", "c.Pawmark.cell_timeout", "c.Pawmark.fresh"],
        strict=True,
    ):
        assert line.startswith(start)
    assert "Set PAWMARK_FRESH for one command" in lines[-1]
    assert "PAWMARK_SANDBOX" not in os.environ  # nothing of it is taken


def test_environment_wins_over_the_course(monkeypatch, tmp_path):
    """What a course sets is in the environment of what is started, unless that says otherwise."""
    monkeypatch.setenv("PAWMARK_CELL_TIMEOUT", "5")
    course = {"cell_timeout": 90, "memory_gb": 8, "data": "photographs", "warm": False}
    settings.adopt({**course, "mirrors": ["http://a", "http://b"]}, tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", "from pawmark.settings import here; print(here.memory_gb)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (here.cell_timeout, here.memory_gb, here.warm) == (5.0, 8.0, settings.NEVER)
    assert here.data == str(tmp_path / "photographs")
    assert here.mirrors == ("http://a", "http://b")
    assert told.stdout == "8.0\n"


def test_another_course_takes_the_place_of_the_first(tmp_path):
    """What a course does not set is not set by the one that was adopted before."""
    settings.adopt({"memory_gb": 8, "cell_timeout": 90}, tmp_path)
    settings.adopt({"cell_timeout": 30, "data": "real"}, tmp_path)

    assert (here.memory_gb, here.cell_timeout, here.data) == (None, 30.0, "real")


def test_slips_are_told(monkeypatch):
    """A name that no setting has is told, with the one that was probably meant."""
    monkeypatch.setenv("PAWMARK_MEMRY_GB", "8")

    assert settings.unknown({"memory": 8, "cell_timeout": 5, "qqq": 1}) == [
        "PAWMARK_MEMRY_GB is no setting of Pawmark, and changes nothing. "
        "Did you mean PAWMARK_MEMORY_GB?",
        "c.Pawmark.memory is no setting of Pawmark, and changes nothing. "
        "Did you mean c.Pawmark.memory_gb?",
        "c.Pawmark.qqq is no setting of Pawmark, and changes nothing.",
    ]


@pytest.mark.parametrize("name", ["PAWMAKR_MEMORY_GB", "pawmark_memory_gb", "PAWMARKS_MEMORY_GB"])
def test_a_slip_in_the_prefix_is_told(monkeypatch, name):
    """It is not passed over as another program's; names of others are."""
    monkeypatch.setenv(name, "3")
    monkeypatch.setenv("WATERMARK_MEMORY_GB", "3")
    told = f"{name} is no setting of Pawmark, and changes nothing. Did you mean PAWMARK_MEMORY_GB?"

    assert settings.unknown() == [told]


def test_written_as_they_are_read(monkeypatch):
    """What is put into the environment of another process has the same value there."""
    values = {"memory_gb": 2.5, "fresh": True, "progress": False, "seed": 7, "training": "run"}
    for name, text in settings.environment(**values, mirrors=("a", "b"), cache=None).items():
        monkeypatch.setenv(name, text)

    assert {name: getattr(here, name) for name in values} == values
    assert (here.mirrors, here.cache) == (("a", "b"), "")


def test_names_of_profiles():
    """The settings know the profiles by name: they cannot import them."""
    for name in profiles.PROFILES:
        assert Settings.profile.problem(name, "profile") is None
        assert name in Settings.profile.kind.wanted


def test_settings_cost_a_student_nothing():
    """The students' library reads settings without traitlets, Typer and what nbgrader needs."""
    code = (
        "import sys, pawmark.settings; "
        "print({'traitlets', 'typer', 'rich', 'numpy', 'difflib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


def constants(path):
    """Yield the texts that stand in the code of a module, docstrings among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_settings_names_a_variable():
    """No other module names an environment variable of ours but in words for people."""
    odd = [
        (path.relative_to(SOURCE).as_posix(), text)
        for path in SOURCE.rglob("*.py")
        if path != SOURCE / "settings.py"
        for text in constants(path)
        if NAME.fullmatch(text) or text == settings.PREFIX
    ]

    assert odd == []


def test_what_is_read_of_the_environment_is_named_by_settings_or_another_program():
    """Whoever reads a variable takes its name from a setting, or it is another program's."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("*.py")
        if path != SOURCE / "settings.py"
    ]
    everywhere = {name: value for tree in trees for name, value in named_in(tree)}
    read = set()
    for tree in trees:
        named = everywhere | dict(named_in(tree))
        keys = map(ast.unparse, keys_of_the_environment(tree))
        read |= {named.get(key, key) for key in keys}
    settings_own = {
        name for name in read if re.fullmatch(r"settings\.Settings\.\w+\.variable", name)
    }

    assert settings_own
    assert {name.strip("'") for name in read - settings_own} <= OTHERS


def named_in(tree):
    """Yield the names that a module gives to something, and what it is, as it is written."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, ast.unparse(node.value)


def keys_of_the_environment(tree):
    """Yield the expressions with which a module looks things up in ``os.environ``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(attr="environ"), attr="get" | "pop" | "setdefault"
                ),
                args=[key, *_],
            ):
                yield key
            case ast.Call(func=ast.Attribute(attr="getenv" | "putenv"), args=[key, *_]):
                yield key
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=key):
                yield key
            case ast.Compare(left=key, comparators=[ast.Attribute(attr="environ")]):
                yield key


def test_words_name_settings_that_exist():
    """Every variable, and every c.Pawmark.name, in documents and messages is a setting."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    texts = [(page.name, page.read_text(encoding="utf-8")) for page in pages]
    texts += [(path.name, text) for path in SOURCE.rglob("*.py") for text in constants(path)]
    variables = {setting.variable for setting in settings.EVERY.values()} | OF_TESTS
    names = {setting.name for setting in settings.EVERY.values() if setting.in_config}
    found = [
        (where, name)
        for where, text in texts
        for name in [*NAME.findall(text), *re.findall(r"c\.Pawmark\.([a-z_]+)", text)]
    ]

    assert len(found) > 40
    assert [one for one in found if one[1] not in variables | names] == []


def test_every_setting_for_users_is_in_the_table():
    """The table has a row for each setting but what only Pawmark tells itself; the page has it.

    Where it is another one: ``python -c "from pawmark import settings; print(settings.table())"``.
    """
    rows = settings.table().splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == [
        setting.variable for setting in settings.EVERY.values() if setting.words
    ]
    assert settings.table() in (ROOT / "docs" / "command-line.md").read_text()
    assert not any(inner in "".join(rows) for inner in ("CHANNEL_FD", "PRECOMPUTED"))


def test_one_home_for_what_grading_keeps():
    """Only the module of the course folder spells the folder in which grading keeps things."""
    spelt = {
        path.name for path in SOURCE.rglob("*.py") for text in constants(path) if text == ".pawmark"
    }

    assert spelt == {"course_folder.py"}
