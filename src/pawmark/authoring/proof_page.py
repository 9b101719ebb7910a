"""Writes docs/proof.md: what the proofs of a course came to, from the files that are kept."""

from collections.abc import Iterator
from pathlib import Path

from pawmark.authoring import mutants
from pawmark.authoring.proof import (
    GRADED,
    PAIRS,
    Killing,
    Proof,
    exercises_of,
    is_explained,
    read_proof,
    reasons,
    specifications,
)
from pawmark.wording import counted

PAGE = Path("docs") / "proof.md"
HEAD = f"""# How the checks are proven

Each exercise with a [specification](writing-checks.md) is tried before any student is graded:
with right answers, which must get full marks; with the wrong answers of the
[bank](answer-bank.md), which must lose points with all misconceptions switched off, so that the
judge alone decides; with the misconceptions, each of which must keep what its severity says; and
with **mutants** of the reference solution. A mutant is a program in which one small thing is
changed: an operator, a comparison, a constant, an argument, a statement. In a pair two are;
{PAIRS} pairs are drawn for each exercise. Where an answer takes long, fewer are, and of the single
ones a sample, which is the same each time ("60 of 60, of 231").

Mutants, wrong answers and right ones are tried with 20 seeds, of networks with 5. A mutant counts
as killed, and a wrong answer as caught, only if it loses points with every one of them. Points,
bands and names are looked at with the first {GRADED}. A verdict that hangs on the seed is a
complaint, and no complaint may be left.

```sh
make prove
```

proves what has changed since, and writes this page. It may be stopped, and goes on where it was.
The results lie in `tests/answers/`, beside the answers, with the digests of what they were made
of: checks, bank, references, and the version of Hypothesis, which draws the inputs. `make test`
refuses results that are of other checks than those that are there, and tries a random sample of
the mutants again.

The mutants are made by a module of our own. `mutmut` and `cosmic-ray` are well kept, but they
change files on disk and start a test runner for each change. Here a mutant is a cell of a
notebook, and the exercise's own judge is asked about it in the same process: a mutant takes
milliseconds, and only the changing was needed.
"""


def page(course: Path) -> str:
    """Return the whole page."""
    known = specifications(course)
    proofs = [proof for name in known if (proof := read_proof(course, name)) is not None]
    parts = [HEAD, *_totals(proofs), _table(proofs)] if proofs else [HEAD]
    for proof in proofs:
        parts += _survivors(course, proof)
    proven = {proof.exercise for proof in proofs}
    parts += _list("Not proven yet", [name for name in known if name not in proven])
    others = [name for name in exercises_of(course) if name not in known]
    parts += _list("Checked by test functions", others)
    return "\n".join(parts)


def _totals(proofs: list[Proof]) -> Iterator[str]:
    equivalent = sum(len(proof.singles.survivors) + len(proof.pairs.survivors) for proof in proofs)
    made = sum(proof.singles.made + proof.pairs.made for proof in proofs)
    killed = sum(proof.singles.killed + proof.pairs.killed for proof in proofs)
    wrong, caught = sum(p.wrong for p in proofs), sum(p.caught for p in proofs)
    yield "\n## Figures\n"
    yield (
        f"{counted(len(proofs), 'exercise')}: {caught} of {wrong} wrong answers caught, "
        f"{sum(p.named for p in proofs)} of them named, all {sum(p.right for p in proofs)} right "
        f"answers accepted; {killed:,} of {made:,} mutants killed, and each of the other "
        f"{equivalent} has a reason below.\n"
    )


def _table(proofs: list[Proof]) -> str:
    rows = [
        "| exercise | seeds | inputs | right answers | wrong ones caught | of them named "
        "| kept, in the median | mutants killed | pairs killed |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {p.exercise} | {p.seeds} | {p.questions} | {p.right} | {p.caught} of {p.wrong} | "
        f"{p.named} | {p.kept:.0%} | {_count(p.singles)} | {_count(p.pairs)} |"
        for p in proofs
    ]
    return "\n".join([*rows, ""])


def _count(killing: Killing) -> str:
    sample = f", of {killing.among}" if killing.among else ""
    return f"{killing.killed} of {killing.made}{sample}"


def _survivors(course: Path, proof: Proof) -> Iterator[str]:
    known = reasons(course, proof.exercise)
    left = {**proof.singles.survivors, **proof.pairs.survivors}
    if not left and not proof.complaints:
        return
    yield f"\n## {proof.exercise}\n"
    yield from (f"- **Complaint**: {line}" for line in proof.complaints)
    both = 0
    for name, count in left.items():
        if name not in known and is_explained(name, known):
            both += 1
            continue
        some = "" if count == proof.seeds else f" (with {count} of {proof.seeds} seeds)"
        yield f"- {_shown(name)}{some}: {known.get(name, '**no reason given**')}"
    if both:
        yield f"- and {both} {'pair' if both == 1 else 'pairs'} of two of these"
    yield ""


def _shown(name: str) -> str:
    return "; and ".join(
        f"line {line}, " + " becomes ".join(f"`{part}`" for part in change.split(" → ", 1))
        for line, _, change in (one.partition(": ") for one in name.split(mutants.AND))
    )


def _list(title: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"\n## {title}\n"
        yield "\n".join(f"- {name}" for name in names)
        yield ""
