"""What the kit changes in nbgrader itself."""

import sqlite3
from contextlib import closing

import nbgrader.api
from nbgrader.api import Gradebook
from traitlets.config import Config

from pawmark.grading.gradebook.config import configure


def test_a_gradebook_opened_again_keeps_what_was_compiled(tmp_path, monkeypatch):
    """The engine stays with its gradebook, and no other one gets it."""
    monkeypatch.setattr(nbgrader.api, "create_engine", nbgrader.api.create_engine)
    configure(Config())
    engines = []
    for name in ("one.db", "one.db", "other.db"):
        with Gradebook(f"sqlite:///{tmp_path / name}", "pawmark") as gradebook:
            gradebook.add_assignment(f"{name} {len(engines)}")
            engines.append(gradebook.engine)

    assert engines[0] is engines[1] is not engines[2]
    with closing(sqlite3.connect(tmp_path / "one.db")) as book:
        assert book.execute("select count(*) from assignment").fetchone() == (2,)
