"""Grades one exercise by its specification: draw, ask, judge, name, show, pay."""

import dataclasses
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pawmark.grading.checks import marks, strata
from pawmark.grading.checks.asking import (
    Answer,
    Asking,
    Lost,
    Question,
    Raised,
    Returned,
    question_of,
    seen,
)
from pawmark.grading.checks.counterexample import cleaned, counterexample, filled
from pawmark.grading.checks.judging import ASPECTS, Judge, Judged, agreement, aspects_of
from pawmark.grading.checks.naming import Named, name
from pawmark.grading.checks.specification import (
    CONTRACT,
    CORE,
    CORNERS,
    Exercise,
    Input,
    Item,
    Items,
    Remark,
    Stratum,
)
from pawmark.grading.checks.watching import Nobody, Watcher
from pawmark.grading.results.outcomes import (
    SAME_REASON,
    WITH_RESULTS_ONLY,
    CheckResult,
    Counterexample,
    ExerciseResult,
    Outcome,
    Part,
)

TITLES = {
    CORE: "The right result for ordinary inputs",
    CORNERS: "The right result where the text asks for more",
    CONTRACT: "The form of the result",
}
_REPEATED = 3  # strata of the core of which a pair of inputs is asked three times over


def grade(
    exercise: Exercise | Items,
    asking: Asking,
    seed: int,
    max_points: float = 1.0,
    watcher: Watcher | None = None,
) -> ExerciseResult:
    """Grade an exercise.

    Parameters
    ----------
    exercise
        The specification.
    asking
        Who answers: `asking.StudentAsking`, or a program of the author's.
    seed
        Decides the inputs.
    max_points
        The points of the exercise.
    watcher
        Who wants to see how each answer is judged.

    Raises
    ------
    JudgeError, CourseError
        If the specification itself is wrong.
    """
    watcher = watcher or Nobody()
    # Judge and misconceptions compute on odd inputs. A program that turns warnings into errors,
    # as pytest does here, must not make of "not a number" an exception that no answer raised.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(exercise, Items):
            return _Itemised(exercise, asking, seed, max_points, watcher).result()
        graded = _Graded(exercise, asking, seed, max_points)
        result = graded.result()
    watcher.judged(exercise, graded.asked)
    return result


@dataclass
class _Graded:
    """The grading of one exercise, step by step."""

    exercise: Exercise
    asking: Asking
    seed: int
    max_points: float
    asked: list[Judged] = field(default_factory=list)
    questions: int = 0

    def __post_init__(self) -> None:
        self.judge = Judge(self.exercise)

    def result(self) -> ExerciseResult:
        """Return what came of it."""
        self._ask(CORE)
        lost = self._lost()
        if lost is None and self.exercise.strata_of(CORNERS):
            self._ask(CORNERS)
        rows = self._rows() if lost is None else self._lost_rows(lost)
        remarks = () if lost is not None else tuple(_remarks(self.exercise.remarks, self.asking))
        return ExerciseResult(
            self.exercise.name, tuple(rows), remarks, self.questions, strata.DRAWN_BY
        )

    def _question(self, given: Input) -> Question:
        return question_of(self.exercise, given)

    def _ask(self, row: str) -> None:
        drawn = [
            (stratum, self._question(given))
            for stratum in self.exercise.strata_of(row)
            for given in strata.draw(stratum, self.seed)
        ]
        pure = self.exercise.contract is not None and self.exercise.contract.pure
        drawn += self._pairs(drawn) if pure and row == CORE else []
        answers = self.asking.ask([question for _, question in drawn])
        self.questions += sum(1 if question.other is None else 3 for _, question in drawn)
        for (stratum, question), answer in zip(drawn, answers, strict=True):
            self.asked.append(self.judge.decide(stratum, question, answer))

    def _pairs(self, drawn: list[tuple[Stratum, Question]]) -> list[tuple[Stratum, Question]]:
        """Ask some inputs again, with another one between: the largest, so that state shows.

        What is kept by shape shows only where the one between has the same: one pair is of twins.
        """
        found: dict[str, tuple[Stratum, Question]] = {}
        twins: dict[str, tuple[Stratum, Question]] = {}
        for stratum in self.exercise.strata_of(CORE)[:_REPEATED]:
            own = sorted((q for s, q in drawn if s is stratum), key=lambda question: question.size)
            if len(own) > 1:
                pair = dataclasses.replace(own[-1], other=own[-2].input)
                found[pair.key] = stratum, pair
            twin = strata.twin(own[-1].input, [question.input for question in own[:-1]])
            if twin is not None and not twins:
                pair = dataclasses.replace(own[-1], other=twin)
                twins[pair.key] = stratum, pair
        return list((found | twins).values())

    def _lost(self) -> Lost | None:
        """Return why there is nothing to judge, if no question of the core was answered."""
        answers = [one.answer for one in self.asked]
        lost = [answer for answer in answers if isinstance(answer, Lost)]
        untouched = [one for one in lost if one.outcome is Outcome.NOT_ATTEMPTED]
        if len(lost) < len(answers):
            return None
        return untouched[0] if untouched else lost[0]

    def _lost_rows(self, lost: Lost) -> list[CheckResult]:
        worth = marks.worth(self.exercise.shares, self._row_names(), self.max_points)
        found = []
        for row, most in worth.items():
            message = lost.message if row == CORE else ""
            found.append(CheckResult(row, TITLES[row], lost.outcome, 0.0, most, message, row=row))
        return found

    def _row_names(self) -> list[str]:
        rows = [CORE]
        rows += [CORNERS] if self.exercise.strata_of(CORNERS) else []
        return rows + ([CONTRACT] if aspects_of(self.exercise.contract, self.asked) else [])

    def _rows(self) -> list[CheckResult]:
        worth = marks.worth(self.exercise.shares, self._row_names(), self.max_points)
        parts = {row: self._parts(row) for row in worth}
        pays = {
            row: marks.paid(row, [(w, part.right) for w, part in parts[row]], most, self.max_points)
            for row, most in worth.items()
        }
        pays = marks.settled(pays)
        told = self._told()
        found = []
        for row, most in worth.items():
            right = all(part.right for _, part in parts[row])
            facts = tuple(part for _, part in parts[row])
            base = CheckResult(row, TITLES[row], Outcome.PASSED, pays[row], most,
                               row=row, parts=facts)  # fmt: skip
            if row == CONTRACT and not right:
                base = self._contract_row(base)
            elif row == CONTRACT and pays[row] < most:
                base = dataclasses.replace(base, outcome=Outcome.FAILED, message=WITH_RESULTS_ONLY)
            elif not right or pays[row] < most:
                base = dataclasses.replace(base, **told)
                told = {**told, "message": SAME_REASON, "counterexample": None, "detail": ""}
            found.append(base)
        return found

    def _parts(self, row: str) -> list[tuple[float, Part]]:
        """Return weight and outcome of each part of a row."""
        if row == CONTRACT:
            slips = {aspect for one in self.asked for aspect, _ in one.slips}
            aspects = aspects_of(self.exercise.contract, self.asked)
            return [(1.0, Part(ASPECTS[aspect], aspect not in slips)) for aspect in aspects]
        same = row == CORE and self._is_constant()
        found = []
        for stratum in self.exercise.strata_of(row):
            right = all(one.right for one in self.asked if one.stratum is stratum)
            found.append((stratum.weight, Part(stratum.name, right and not same)))
        return found

    def _is_constant(self) -> bool:
        """Tell whether ordinary inputs all get the same answer, which is not right for all.

        Where many results are 0, whoever returns 0 without looking would be paid for it.
        """
        asked = [one for one in self.asked if one.stratum.row == CORE]
        core = [one for one in asked if one.question.other is None]
        values = [one.answer.value for one in core if isinstance(one.answer, Returned)]
        if len(core) < 2 or len(values) < len(core) or all(one.right for one in asked):
            return False
        return all(agreement(self.exercise, value, values[0])[0] for value in values[1:])

    def _told(self) -> dict[str, Any]:
        """Return what is said of refused answers: the misconception or the counterexample."""
        refused = [one for one in self.asked if not one.right]
        if not refused:
            return {"outcome": Outcome.FAILED, "message": ""}
        self._shrink(refused[0])
        first = refused[0].stratum
        refused = [one for one in self.asked if not one.right and one.stratum is first]
        smallest = min(refused, key=lambda one: (_is_lost(one), one.question.size))
        shown = counterexample(self.exercise, smallest)
        named = name(self.exercise, self.judge, self.asked)
        if named is not None:
            return self._named(named, smallest, shown)
        if isinstance(smallest.answer, Lost):
            lost = smallest.answer
            return {"outcome": lost.outcome, "message": lost.message, "counterexample": shown}
        if isinstance(smallest.answer, Raised):
            return _error(smallest.answer, shown)
        if all(isinstance(one.answer, Returned) and one.answer.value is None for one in self.asked):
            message = "nothing (`None`) came back: is a return statement missing?"
            return {"outcome": Outcome.FAILED, "message": message, "counterexample": shown}
        message = f"the result is not right for {smallest.stratum.name}"
        message += f": {smallest.reason}" if smallest.reason else ""
        return {"outcome": Outcome.FAILED, "message": message, "counterexample": shown}

    def _named(self, named: Named, one: Judged, shown: Counterexample) -> dict[str, Any]:
        return {
            "outcome": Outcome.FAILED,
            "message": filled(self.exercise, named.message, one, shown),
            "misconception": f"{self.exercise.name}.{named.key}",
            "counterexample": shown,
        }

    def _shrink(self, first: Judged) -> None:
        """Ask a few more questions, for a smaller input on which the answer is refused."""
        known = {one.question.key: one for one in self.asked}
        left = self.exercise.shrinking

        def refused(given: Input) -> bool:
            nonlocal left
            question = self._question(given)
            one = known.get(question.key)
            if one is None and left > 0:
                answer = self.asking.ask_more(question)
                if answer is None or isinstance(answer, Lost):
                    left = left - 1 if answer is None else 0
                    return False
                left -= 1
                self.questions += 1
                one = known[question.key] = self.judge.decide(first.stratum, question, answer)
                self.asked.append(one)
            return one is not None and not one.right and _same_kind(one, first)

        if not isinstance(first.answer, Lost):
            strata.smaller(first.stratum, self.seed, refused, lambda: left <= 0)

    def _contract_row(self, base: CheckResult) -> CheckResult:
        sliding = [one for one in self.asked if one.slips]
        one = min(sliding, key=lambda one: one.question.size)
        aspect, words = one.slips[0]
        own = self.exercise.contract.messages.get(aspect) if self.exercise.contract else None
        shown = counterexample(self.exercise, one)
        return dataclasses.replace(
            base,
            outcome=Outcome.FAILED,
            message=cleaned(own or words),
            misconception=f"{self.exercise.name}.contract-{aspect}",
            counterexample=dataclasses.replace(shown, expected=None, where=""),
        )


def _is_lost(one: Judged) -> bool:
    return isinstance(one.answer, Lost)


def _same_kind(one: Judged, first: Judged) -> bool:
    """Tell whether two refused answers are of a kind: errors of one class, or none."""
    if isinstance(first.answer, Raised):
        return isinstance(one.answer, Raised) and one.answer.kind == first.answer.kind
    return not isinstance(one.answer, Raised)


def _error(raised: Raised, shown: Counterexample) -> dict[str, Any]:
    line = f" It comes out at this line of yours: `{raised.line}`" if raised.line else ""
    text = f"your code raises {raised.kind}: {raised.message}".rstrip(": ").rstrip(".")
    return {
        "outcome": Outcome.STUDENT_ERROR,
        "message": cleaned(f"{text}.{line}" if line else text),
        "detail": raised.detail,
        "counterexample": shown,
    }


def _remarks(remarks: Sequence[Remark], asking: Asking) -> list[str]:
    return [remark.message for remark in remarks if asking.evaluate(remark.expression)]


@dataclass
class _Itemised:
    """The grading of an exercise of items."""

    exercise: Items
    asking: Asking
    seed: int
    max_points: float
    watcher: Watcher

    def result(self) -> ExerciseResult:
        """Return what came of it."""
        asked = {item.name: self._questions(item) for item in self.exercise.items}
        each = {question.key: question for found in asked.values() for question in found}
        answers = dict(zip(each, self.asking.ask(list(each.values())), strict=True))
        scale = self.max_points / sum(item.points for item in self.exercise.items)
        rows = tuple(
            self._row(item, item.points * scale, asked[item.name], answers)
            for item in self.exercise.items
        )
        remarks = tuple(_remarks(self.exercise.remarks, self.asking))
        return ExerciseResult(self.exercise.name, rows, remarks, len(each), strata.DRAWN_BY)

    def _questions(self, item: Item) -> list[Question]:
        function = item.function or self.exercise.function
        if item.strategy is None:
            return [Question(function, Input(()), self.exercise.read)]
        stratum = Stratum(item.name, item.strategy, count=item.count)
        drawn = strata.draw(stratum, self.seed)
        return [Question(function, given, self.exercise.read) for given in drawn]

    def _row(
        self, item: Item, most: float, asked: list[Question], answers: dict[str, Answer]
    ) -> CheckResult:
        base = CheckResult(item.name, item.name, Outcome.PASSED, most, most, row="item")
        for question in asked:
            answer = answers[question.key]
            refused = _refused(self.exercise.name, item, question, answer)
            self.watcher.decided(self.exercise, item.name, question, answer, bool(refused))
            if refused:
                return dataclasses.replace(base, points=0.0, **refused)
        return base


def _refused(exercise: str, item: Item, question: Question, answer: object) -> dict[str, Any]:
    """Return what is said of an answer that an item does not accept, or nothing."""
    if isinstance(answer, Lost):
        return {"outcome": answer.outcome, "message": answer.message}
    if isinstance(answer, Raised):
        line = f" It comes out at this line of yours: `{answer.line}`" if answer.line else ""
        text = cleaned(f"your code raises {answer.kind}: {answer.message}{line}")
        return {"outcome": Outcome.STUDENT_ERROR, "message": text, "detail": answer.detail}
    value = answer.value  # type: ignore[attr-defined]
    args, kwargs = seen(question.input)
    try:
        verdict = item.accepts(value, *args, **kwargs)
    except Exception:  # what an item cannot read is no right answer
        verdict = item.message
    if verdict is True:
        return {}
    message = verdict if isinstance(verdict, str) else item.message
    return {
        "outcome": Outcome.FAILED,
        "message": cleaned(message),
        "misconception": f"{exercise}.{item.name}",
    }
