"""The proofs of the specifications: kept, up to date, sound; a sample of them is tried again."""

import dataclasses
import os
import random
import subprocess
import sys

import nbformat
import pytest

from pawmark.authoring import bank, proof, proof_page, prove
from pawmark.authoring.answers import reference_cells
from pawmark.authoring.proof import Killer, Killing, Proof
from pawmark.authoring.proof_page import PAGE, page
from pawmark.authoring.prove import Progress
from pawmark.grading.course_folder import find_course, source_notebook

COURSE = find_course()
SPECIFIED = list(proof.specifications(COURSE))
PROVEN = [name for name in SPECIFIED if proof.read_proof(COURSE, name) is not None]
# Another sample each time; the seed stands in the name of the test. Processes that share a run
# between them (pytest-xdist) have to draw the same.
SAMPLE = (
    os.environ.get("PAWMARK_SEED")
    or os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:6]
    or str(random.SystemRandom().randrange(10**6))
)
# A mutant takes milliseconds, but seconds where networks are built or trained (with fewer seeds).
NETWORKS = [name for name in PROVEN if proof.seeds_of(COURSE, name) < proof.SEEDS]
OTHERS = [name for name in PROVEN if name not in NETWORKS]
QUICK = random.Random(SAMPLE).sample(OTHERS, min(6, len(OTHERS)))


@pytest.mark.parametrize("exercise", PROVEN)
def test_a_proof_is_of_what_is_there(exercise):
    """No proof is of other checks, answers or references than those that are there."""
    assert proof.is_fresh(COURSE, exercise), f"stale: run `make prove ARGS={exercise}`"


@pytest.mark.parametrize("exercise", PROVEN)
def test_a_proof_leaves_nothing_open(exercise):
    """There are no complaints, all wrong answers are caught, every survivor has a reason."""
    found = proof.read_proof(COURSE, exercise)

    assert list(proof.unexplained(COURSE, found)) == []
    assert found.caught == found.wrong


def test_the_page_shows_the_proofs():
    """The page of figures is what the kept proofs say."""
    shown = (COURSE / PAGE).read_text(encoding="utf-8")

    assert shown == page(COURSE), "run `make prove`"


def again(exercise, draw, most):
    """Try some mutants of an exercise again, with a random seed; return what is not as it was."""
    seed = draw.randrange(proof.read_proof(COURSE, exercise).seeds)
    killer = Killer(COURSE, bank.specification_of(COURSE, exercise), [seed])
    kept = proof.read_proof(COURSE, exercise)
    survivors = {*kept.singles.survivors, *kept.pairs.survivors}
    made = [mutant for kind in proof.mutants_of(COURSE, exercise) for mutant in kind]
    tried = draw.sample(made, min(most, len(made)))
    return [
        f"seed {seed}: {mutant.name}"
        for mutant in tried
        if mutant.name not in survivors and killer.passes({exercise: mutant.source})
    ]


@pytest.mark.parametrize("exercise", QUICK, ids=lambda name: f"{name}-{SAMPLE}")
def test_a_sample_of_the_mutants_is_killed_again(exercise):
    """Mutants drawn at random are refused as the proof says."""
    assert again(exercise, random.Random(f"{SAMPLE} {exercise}"), 8) == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", PROVEN, ids=lambda name: f"{name}-{SAMPLE}")
def test_a_larger_sample_of_the_mutants_is_killed_again(exercise):
    """The same, of every exercise; of networks fewer."""
    most = 6 if exercise in NETWORKS else 40

    assert again(exercise, random.Random(f"{SAMPLE} {exercise}"), most) == []


def test_the_reference_survives_and_a_wrong_cell_does_not():
    """A killer lets right answers alone; a cell that does not even run is killed."""
    killer = Killer(COURSE, bank.specification_of(COURSE, "02-prior-loss"), [3, 4])
    notebook = nbformat.read(source_notebook(COURSE, "02_data_loading"), as_version=4)
    right = reference_cells(notebook)["02-prior-loss"]

    endless = "def prior_loss(fractions):\n    while True:\n        pass"

    assert killer.passes({"02-prior-loss": right}) == [3, 4]
    assert killer.passes({"02-prior-loss": right.replace("-np.sum", "np.sum")}) == []
    assert killer.passes({"02-prior-loss": endless}) == []
    assert killer.passes({"02-prior-loss": "this is no Python"}) == []


def test_a_survivor_needs_a_reason(tmp_path, monkeypatch):
    """A survivor without a reason is told; a pair has one if both changes have."""
    reasons = {"2: a → b": "the same", "3: c → d": "the same"}
    monkeypatch.setattr(proof, "reasons", lambda course, exercise: reasons)
    survivors = {"2: a → b": 20, "5: x → y": 1, "2: a → b; and 3: c → d": 20}
    found = Proof("01-x", {}, 20, 5, singles=Killing(9, 6, survivors))

    assert list(proof.unexplained(tmp_path, found)) == [
        "survives with 1 of 20 seeds, without a reason: 5: x → y",
        "has a reason to survive, and does not: 3: c → d",
    ]


def test_a_sample_is_shown_and_must_be_as_large_as_is_asked(monkeypatch):
    """The page says of how many mutants a sample is; one that is asked to be larger is stale."""
    name = "02-prior-loss"
    kept = proof.read_proof(COURSE, name)
    sampled = dataclasses.replace(kept, singles=Killing(9, 9, {}, 20))
    monkeypatch.setattr(proof, "read_proof", lambda course, exercise: sampled)
    monkeypatch.setattr(proof_page, "read_proof", lambda course, exercise: sampled)
    monkeypatch.setattr(proof_page, "specifications", lambda course: [name])
    monkeypatch.setattr(proof_page, "reasons", lambda course, exercise: {})

    notes = {"mutants": 9}
    monkeypatch.setattr(proof, "notes_on", lambda course, exercise: notes)

    assert "| 9 of 9, of 20 |" in page(COURSE)
    assert proof.is_fresh(COURSE, name)
    assert [len(kind) for kind in proof.mutants_of(COURSE, name)] == [9, 4]
    notes["mutants"] = 10
    assert not proof.is_fresh(COURSE, name)


def test_all_is_loaded_before_a_mutant_is_timed(tmp_path, monkeypatch):
    """The reference is asked first: imports and inputs take time, which kills no mutant."""
    asked = []

    class Asked(Killer):
        def passes(self, cells):
            asked.append(dict(cells))
            return []

    monkeypatch.setattr(prove, "Killer", Asked)
    monkeypatch.setattr(proof, "try_answers", lambda *given: {"complaints": []})
    progress = Progress(tmp_path / "progress.jsonl")
    before_the_first = []
    step = progress.step
    monkeypatch.setattr(
        progress, "step", lambda *given: before_the_first.append(len(asked)) or step(*given)
    )
    prove.prove(COURSE, "02-prior-loss", 1, 1, progress)

    assert asked[0] == {}
    assert before_the_first[0] == 1


STUCK = """
import sys, time
from pathlib import Path
from pawmark.authoring import prove
prove.STUCK = 0.5
progress = prove.Progress(Path(sys.argv[1]))
print(progress.step("quick", lambda: [1]), progress.step("endless", lambda: time.sleep(60)))
"""


def test_a_proof_goes_on_where_it_was_stopped(tmp_path):
    """A step that is done is not done again; one at which its process had to be ended is killed."""
    path = tmp_path / "progress.jsonl"
    command = [sys.executable, "-c", STUCK, str(path)]

    ended = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(2)]

    assert [one.returncode for one in ended] == [1, 0]
    assert ended[1].stdout == "[1] []\n"


def test_a_step_that_was_interrupted_is_done_again(tmp_path):
    """Whoever stops a proof by hand has killed no mutant."""

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Progress(tmp_path / "progress.jsonl").step("one", interrupted)

    assert Progress(tmp_path / "progress.jsonl").step("one", lambda: [7]) == [7]
