"""How answers become credit, scores and outcomes: the one truth, whatever the medium.

The player has a twin of this in JavaScript; tests/golden/grading.json holds both to one reading.
Answers come from learners, so any value may arrive here: what is not an answer earns nothing, and
nothing raises. A result tells about what the learner chose and no more, so that it may be shown
while attempts are left: it never names the right choice that was not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from content.answers import MAX_TEXT_LENGTH, fold_text, number_readings
from content.model import (
    Choice,
    Cloze,
    LocalizedText,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    Scenario,
    ShortText,
    SingleChoice,
    TrueFalse,
    Unit,
)

#: The part an explanation belongs to (a choice, pair, item, gap or step; "value", "reason", "unit",
#: "text" or "model" where the part has no id of its own) and the text.
Feedback = tuple[tuple[str, LocalizedText], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What an answer earned, from 0 to 1; ``credit`` is None where the question is unscored.

    ``parts`` tells which parts of the answer are right: the ticked choices, the places, gaps and
    steps of the question. It is in the order of ``feedback``, which gives nothing away.
    """

    credit: Fraction | None
    parts: Mapping[str, bool] = field(default_factory=dict)
    feedback: Feedback = ()


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is 100 × earned ÷ possible with two decimals, half up; 100 if nothing is scored."""

    earned: Fraction
    possible: Fraction
    value: Decimal


@dataclass(frozen=True, slots=True)
class Status:
    """What is reported of a unit. ``best`` is the best score handed in, None before the first."""

    completion: Literal["incomplete", "completed"]
    success: Literal["unknown", "passed", "failed"]
    best: Decimal | None


_NOTHING = Result(Fraction(0))


def unexplained(result: Result) -> Result:
    """The credit alone, for quizzes that explain later or never."""
    return Result(result.credit)


def grade(question: Question, answer: object, language: str) -> Result:
    """The result of ``answer``, as it came from JSON, to ``question`` asked in ``language``.

    Forms: single-choice ``"id"``; multiple-choice ``["id", …]``; true-false ``{"value": true,
    "reason": "id"}`` (reason where the question has reasons); matching ``{"pair": "option"}``;
    ordering ``["item", …]`` with every item once; numeric ``{"value": "12,5", "unit": "id"}``;
    cloze ``{"gap": "choice"}``; short-text ``"…"``; scenario ``{"step": "choice"}``. In the forms
    with braces, unknown keys are passed over and absent or unknown values are wrong. An answer of
    another form, or a list that repeats an id or has an unknown one, earns nothing and gets no
    feedback.
    """
    result = _GRADERS[type(question)](question, answer, language)
    return result if question.scored else Result(None, result.parts, result.feedback)


def _single(question: SingleChoice, answer: object, _language: str) -> Result:
    choice = _chosen(question.choices, answer)
    if choice is None:
        return _NOTHING
    parts = {choice.id: choice.correct}
    return Result(Fraction(choice.correct), parts, ((choice.id, choice.feedback),))


def _multiple(question: MultipleChoice, answer: object, _language: str) -> Result:
    ticks = _distinct_ids(answer, [choice.id for choice in question.choices])
    if ticks is None:
        return _NOTHING
    ticked = [choice for choice in question.choices if choice.id in ticks]
    right = sum(choice.correct for choice in ticked)
    wrong = len(ticked) - right
    correct = sum(choice.correct for choice in question.choices)
    return Result(
        _share(max(0, right - wrong), correct),
        {choice.id: choice.correct for choice in ticked},
        tuple((choice.id, choice.feedback) for choice in ticked),
    )


def _true_false(question: TrueFalse, answer: object, _language: str) -> Result:
    given = _mapping(answer)
    value = given.get("value")
    if not isinstance(value, bool):
        return _NOTHING
    parts = {"value": value is question.answer}
    feedback = [("value", question.if_true if value else question.if_false)]
    if question.reasons:
        reason = _chosen(question.reasons, given.get("reason"))
        parts["reason"] = reason is not None and reason.correct
        if reason is not None:
            feedback.append(("reason", reason.feedback))
    return Result(Fraction(all(parts.values())), parts, tuple(feedback))


def _matching(question: Matching, answer: object, _language: str) -> Result:
    if not isinstance(answer, Mapping):
        return _NOTHING
    options = {option.id for option in question.options}
    parts: dict[str, bool] = {}
    feedback: list[tuple[str, LocalizedText]] = []
    for pair in question.pairs:
        option = _text(answer.get(pair.id))
        parts[pair.id] = option == pair.right
        if option in options:
            feedback.append((pair.id, pair.feedback))
    return Result(_share(sum(parts.values()), len(parts)), parts, tuple(feedback))


def _ordering(question: Ordering, answer: object, _language: str) -> Result:
    right = [item.id for item in question.items]
    order = _distinct_ids(answer, right)
    if order is None or len(order) != len(right):
        return _NOTHING
    # Everything in the learner's order: the question's order is the key.
    parts = {given: given == wanted for given, wanted in zip(order, right, strict=True)}
    texts = {item.id: item.feedback for item in question.items}
    feedback = tuple((given, texts[given]) for given in order)
    return Result(_share(sum(parts.values()), len(parts)), parts, feedback)


def _numeric(question: Numeric, answer: object, _language: str) -> Result:
    given = _mapping(answer)
    text = given.get("value")
    numbers = number_readings(text) if isinstance(text, str) else ()
    if not numbers:
        return _NOTHING
    right, tolerance = Fraction(question.value), Fraction(question.tolerance)
    parts = {"value": any(abs(number - right) <= tolerance for number in numbers)}
    if question.units:
        parts["unit"] = _text(given.get("unit")) == question.unit
    if all(parts.values()):
        return Result(Fraction(1), parts, (("value", question.if_right),))
    slip = next((slip for slip in question.mistakes if Fraction(slip.value) in numbers), None)
    told = question.if_wrong if slip is None or parts["value"] else slip.feedback
    return Result(Fraction(0), parts, (("value", told),))


def _cloze(question: Cloze, answer: object, _language: str) -> Result:
    return _places([(gap.id, gap.choices) for gap in question.gaps], answer)


def _scenario(question: Scenario, answer: object, _language: str) -> Result:
    return _places([(step.id, step.choices) for step in question.steps], answer)


def _places(places: Sequence[tuple[str, tuple[Choice, ...]]], answer: object) -> Result:
    if not isinstance(answer, Mapping):
        return _NOTHING
    parts: dict[str, bool] = {}
    feedback: list[tuple[str, LocalizedText]] = []
    for place, choices in places:
        choice = _chosen(choices, answer.get(place))
        parts[place] = choice is not None and choice.correct
        if choice is not None:
            feedback.append((place, choice.feedback))
    return Result(_share(sum(parts.values()), len(parts)), parts, tuple(feedback))


def _short_text(question: ShortText, answer: object, language: str) -> Result:
    if not isinstance(answer, str) or len(answer) > MAX_TEXT_LENGTH:
        return _NOTHING
    folded = fold_text(answer)
    if not folded:
        return _NOTHING
    if not question.scored:
        return Result(None, {}, (("model", question.model_answer),))
    right = folded in map(fold_text, question.accepted.get(language, ()))
    told = question.if_right if right else question.if_wrong
    return Result(Fraction(right), {"text": right}, (("text", told),))


_GRADERS: Mapping[type[Question], Callable[..., Result]] = {
    SingleChoice: _single,
    MultipleChoice: _multiple,
    TrueFalse: _true_false,
    Matching: _matching,
    Ordering: _ordering,
    Numeric: _numeric,
    Cloze: _cloze,
    ShortText: _short_text,
    Scenario: _scenario,
}


def _mapping(answer: object) -> Mapping[object, object]:
    return answer if isinstance(answer, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _chosen(choices: Iterable[Choice], answer: object) -> Choice | None:
    return next((choice for choice in choices if choice.id == answer), None)


def _distinct_ids(answer: object, known: list[str]) -> list[str] | None:
    """``answer`` if it is a list of ids out of ``known``, none twice."""
    if not isinstance(answer, list) or len(answer) > len(known):
        return None
    ids = [item for item in answer if isinstance(item, str) and item in known]
    return ids if len(ids) == len(answer) == len(set(ids)) else None


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def score(questions: Iterable[Question], results: Mapping[str, Result]) -> Score:
    """The score of a quiz: items weigh their points, unscored ones nothing.

    ``results`` are by question id; an item without one earned nothing. A quiz in which nothing is
    scored has the value 100 once it is handed in: there is nothing in it to fail.
    """
    earned = possible = Fraction(0)
    for question in questions:
        if not question.scored:
            continue
        possible += question.points
        result = results.get(question.id)
        if result is not None and result.credit is not None:
            earned += question.points * result.credit
    hundredths = 10_000 * earned / possible if possible else Fraction(10_000)
    value = Decimal((hundredths + Fraction(1, 2)).__floor__()).scaleb(-2)
    return Score(earned, possible, value)


def status(unit: Unit, seen: Collection[str], scores: Sequence[Decimal]) -> Status:
    """What to report of ``unit``: ``seen`` are page ids, ``scores`` those of attempts handed in.

    Completed: every page seen and, where there is a quiz, one attempt handed in. Passed: the best
    score reaches the mastery score. Failed: it does not, and no attempt is left. The best attempt
    counts.
    """
    tried = bool(scores) or not unit.quiz
    complete = tried and all(page.id in seen for page in unit.pages)
    completion: Literal["incomplete", "completed"] = "completed" if complete else "incomplete"
    if not scores:
        return Status(completion, "unknown", None)
    best = max(scores)
    if best >= unit.mastery_score:
        return Status(completion, "passed", best)
    return Status(completion, "failed" if len(scores) >= unit.attempts else "unknown", best)
