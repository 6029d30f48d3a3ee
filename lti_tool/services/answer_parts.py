"""A question as parts with options, and an answer as the options that it takes: one shape for every
type of question, for counting who chose what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from content.answers import fold_text, number_readings
from content.grading import grade
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
)

#: Option ids that no author can give (``content.ids``): nothing usable was answered, it was right,
#: it was something else; and what begins a wrong answer that was typed.
NONE, RIGHT, OTHER, GIVEN = "-", "+", "*", "="
#: What is remembered of something typed.
TYPED_LENGTH = 60


@dataclass(frozen=True, slots=True)
class PartOption:
    """``label`` is None for what has no text of the author's: "true", a place, an id above."""

    id: str
    right: bool
    label: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A place of a question where one chooses. ``typed`` parts get further options from what
    people write."""

    id: str
    options: tuple[PartOption, ...]
    label: LocalizedText | None = None
    typed: bool = False


def parts_of(question: Question) -> tuple[Part, ...]:
    """The parts, each with its options in the author's order and NONE at the end."""
    return tuple(
        Part(part.id, (*part.options, PartOption(NONE, False)), part.label, part.typed)
        for part in _PARTS[type(question)](question)
    )


def options_taken(question: Question, answer: object, language: str) -> tuple[tuple[str, str], ...]:
    """The (part id, option id) pairs of ``answer``, each part at least once. ``answer`` is what a
    browser sent: whatever is no answer takes NONE."""
    taken = _TAKEN[type(question)](question, answer, language)
    pairs = []
    for part in _PARTS[type(question)](question):
        known = {option.id for option in part.options}
        options = [
            option
            for option in taken.get(part.id, ())
            if option in known or (part.typed and option.startswith((GIVEN, RIGHT)))
        ]
        pairs += [(part.id, option) for option in options or [NONE]]
    return tuple(pairs)


def _choices(choices: Iterable[Choice]) -> tuple[PartOption, ...]:
    return tuple(PartOption(one.id, one.correct, one.text) for one in choices)


def _whole(question: SingleChoice | MultipleChoice) -> list[Part]:
    return [Part("", _choices(question.choices))]


def _true_false_parts(question: TrueFalse) -> list[Part]:
    verdict = [PartOption("true", question.answer), PartOption("false", not question.answer)]
    parts = [Part("value", tuple(verdict))]
    if question.reasons:
        parts.append(Part("reason", _choices(question.reasons)))
    return parts


def _matching_parts(question: Matching) -> list[Part]:
    return [
        Part(
            pair.id,
            tuple(PartOption(one.id, one.id == pair.right, one.text) for one in question.options),
            pair.left,
        )
        for pair in question.pairs
    ]


def _ordering_parts(question: Ordering) -> list[Part]:
    places = range(1, len(question.items) + 1)
    return [
        Part(item.id, tuple(PartOption(str(n), n == place) for n in places), item.text)
        for place, item in zip(places, question.items, strict=True)
    ]


def _numeric_parts(question: Numeric) -> list[Part]:
    slips = [PartOption(f"{GIVEN}{slip.value:f}", False) for slip in question.mistakes]
    parts = [Part("value", (PartOption(RIGHT, True), *slips), typed=True)]
    if question.units:
        units = (PartOption(one.id, one.id == question.unit, one.text) for one in question.units)
        parts.append(Part("unit", tuple(units)))
    return parts


def _cloze_parts(question: Cloze) -> list[Part]:
    return [Part(gap.id, _choices(gap.choices)) for gap in question.gaps]


def _scenario_parts(question: Scenario) -> list[Part]:
    return [Part(step.id, _choices(step.choices), step.prompt) for step in question.steps]


def _text_parts(question: ShortText) -> list[Part]:
    if not question.scored:
        return [Part("text", (PartOption(OTHER, False),))]
    return [Part("text", (PartOption(RIGHT, True),), typed=True)]


def _single(_: Question, answer: object, _language: str) -> Mapping[str, Sequence[str]]:
    return {"": [answer] if isinstance(answer, str) else []}


def _multiple(
    question: MultipleChoice, answer: object, _language: str
) -> Mapping[str, Sequence[str]]:
    known = {choice.id for choice in question.choices}
    ticks = answer if isinstance(answer, list) else []
    ids = [tick for tick in ticks if isinstance(tick, str) and tick in known]
    return {"": ids if len(ids) == len(ticks) == len(set(ids)) else []}


def _true_false(_: Question, answer: object, _language: str) -> Mapping[str, Sequence[str]]:
    given = answer if isinstance(answer, Mapping) else {}
    value = given.get("value")
    verdict = [str(value).lower()] if isinstance(value, bool) else []
    return {"value": verdict, **_each({"reason": given.get("reason")})}


def _by_part(_: Question, answer: object, _language: str) -> Mapping[str, Sequence[str]]:
    return _each(answer)


def _each(answer: object) -> dict[str, list[str]]:
    if not isinstance(answer, Mapping):
        return {}
    return {str(part): [one] for part, one in answer.items() if isinstance(one, str)}


def _ordering(question: Ordering, answer: object, _language: str) -> Mapping[str, Sequence[str]]:
    places = [item for item in answer if isinstance(item, str)] if isinstance(answer, list) else []
    if sorted(places) != sorted(item.id for item in question.items):
        return {}
    return {item: [str(place)] for place, item in enumerate(places, 1)}


def _numeric(question: Numeric, answer: object, language: str) -> Mapping[str, Sequence[str]]:
    given = answer if isinstance(answer, Mapping) else {}
    typed = given.get("value")
    if not isinstance(typed, str) or not typed.strip():
        return _each({"unit": given.get("unit")})
    parts = grade(question, {"value": typed, "unit": question.unit}, language).parts
    option = RIGHT if parts.get("value") else GIVEN + " ".join(typed.split())[:TYPED_LENGTH]
    numbers = number_readings(typed)
    for slip in question.mistakes:
        if option != RIGHT and Fraction(slip.value) in numbers:
            option = f"{GIVEN}{slip.value:f}"
    return {"value": [option], **_each({"unit": given.get("unit")})}


def _short_text(question: ShortText, answer: object, language: str) -> Mapping[str, Sequence[str]]:
    folded = fold_text(answer[:1000]) if isinstance(answer, str) else ""
    if not folded:
        return {}
    if not question.scored:
        return {"text": [OTHER]}
    right = grade(question, answer, language).parts.get("text")
    return {"text": [RIGHT if right else GIVEN + folded[:TYPED_LENGTH]]}


_PARTS: Mapping[type[Question], Callable[..., list[Part]]] = {
    SingleChoice: _whole,
    MultipleChoice: _whole,
    TrueFalse: _true_false_parts,
    Matching: _matching_parts,
    Ordering: _ordering_parts,
    Numeric: _numeric_parts,
    Cloze: _cloze_parts,
    ShortText: _text_parts,
    Scenario: _scenario_parts,
}
_TAKEN: Mapping[type[Question], Callable[..., Mapping[str, Sequence[str]]]] = {
    SingleChoice: _single,
    MultipleChoice: _multiple,
    TrueFalse: _true_false,
    Matching: _by_part,
    Ordering: _ordering,
    Numeric: _numeric,
    Cloze: _by_part,
    ShortText: _short_text,
    Scenario: _by_part,
}
