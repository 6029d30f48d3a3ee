"""An answer as lines that people read: what was asked, what was given, whether it was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from markupsafe import Markup, escape

from content.grading import Result, grade
from content.model import LocalizedText, Numeric, Question, ShortText
from content.render import result_as_json
from content.render.inline import inline_html
from content.render.strings import words_in
from lti_tool.services.answer_parts import NONE, RIGHT, PartOption, options_taken, parts_of

Verdict = Literal["right", "partly", "wrong", "unscored", "unanswered"]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One place of a question. ``label`` is what stands beside it, None where the question is one
    place. ``given`` is None where nothing (usable) was. ``right`` is None where nothing is judged.
    ``wanted`` is what would have been right, None where it was given, or where nobody can say."""

    label: Markup | None
    given: Markup | None
    right: bool | None
    wanted: Markup | None


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question, what was answered, and what was said of it."""

    prompt: Markup
    verdict: Verdict
    earned: Fraction
    points: int
    lines: tuple[AnswerLine, ...]
    feedback: tuple[Markup, ...]


def answered(question: Question, answer: object, given_in: str, shown_in: str) -> AnsweredQuestion:
    """``answer`` as it was given in the language ``given_in``, told in ``shown_in``."""
    result = grade(question, answer, given_in)
    told = result_as_json(result, question, shown_in)
    return AnsweredQuestion(
        prompt=_html(question.prompt, shown_in),
        verdict=_verdict(question, answer, result),
        earned=question.points * (result.credit or Fraction(0)),
        points=question.points,
        lines=tuple(_lines(question, answer, result, given_in, shown_in)),
        feedback=tuple(Markup(one["html"]) for one in told["feedback"]),  # noqa: S704 - cleaned
    )


def _verdict(question: Question, answer: object, result: Result) -> Verdict:
    if answer in (None, "", [], {}):
        return "unanswered"
    if not question.scored or result.credit is None:
        return "unscored"
    return "right" if result.credit == 1 else "partly" if result.credit else "wrong"


def _lines(
    question: Question, answer: object, result: Result, given_in: str, shown_in: str
) -> list[AnswerLine]:
    taken: dict[str, list[str]] = {}
    for place, option in options_taken(question, answer, given_in):
        taken.setdefault(place, []).append(option)
    lines = []
    for part in parts_of(question):
        known = {option.id: option for option in part.options if option.id != NONE}
        label = _html(part.label, shown_in) if part.label else None
        chosen = [option for option in taken.get(part.id, []) if option != NONE]
        if part.typed or isinstance(question, ShortText):
            given: Markup | None = _typed(answer)
        else:
            given = _joined([known[option] for option in chosen if option in known], shown_in)
        rights = [option for option in known.values() if option.right]
        if not question.scored:
            right = None
        elif part.typed:
            right = chosen == [RIGHT]
        else:
            right = bool(chosen) and set(chosen) == {option.id for option in rights}
        wanted = None if right or right is None else _wanted(question, part.typed, rights, shown_in)
        lines.append(AnswerLine(label, given, right, wanted))
    return lines


def _typed(answer: object) -> Markup | None:
    text = answer.get("value") if isinstance(answer, Mapping) else answer
    return escape(text) if isinstance(text, str) and text.strip() else None


def _wanted(
    question: Question, typed: bool, rights: list[PartOption], language: str
) -> Markup | None:
    if not typed:
        return _joined(rights, language)
    if isinstance(question, Numeric):
        return escape(f"{question.value:f}")
    if isinstance(question, ShortText):
        accepted = question.accepted.get(language, ())
        return escape(accepted[0]) if accepted else None
    return None


def _joined(options: list[PartOption], language: str) -> Markup | None:
    """The options' texts; those without one are a place, or true or false."""
    texts = [
        _html(one.label, language) if one.label else _word(one.id, language) for one in options
    ]
    return Markup("<br>").join(texts) if texts else None


def _word(option: str, language: str) -> Markup:
    return escape(words_in(language)(option) if option in ("true", "false") else option)


def _html(text: LocalizedText, language: str) -> Markup:
    spoken = language if language in text else next(iter(text))
    return Markup(inline_html(text, spoken))  # noqa: S704 - cleaned by content.markup
