"""What somebody answered, in words: for the review of an attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from content.model import LocalizedText, Numeric, Ordering, Question, ShortText
from content.render.inline import inline_html
from content.render.strings import words_in
from lti_tool.services.answer_parts import NONE, Part, PartOption, options_taken, parts_of


@dataclass(frozen=True, slots=True)
class Given:
    """One part of an answer: what it belongs to (empty where the question is one thing), and what
    was chosen or written there."""

    label: Markup
    text: Markup


def given_answer(question: Question, answer: object, language: str) -> list[Given]:
    """The parts that were answered, in the question's order; for an ordering question the items
    in the order that was given. Empty where nothing usable was."""
    if isinstance(question, ShortText):
        return [Given(Markup(), escape(answer))] if isinstance(answer, str) and answer else []
    if isinstance(question, Numeric):
        return _number(question, answer, language)
    taken: dict[str, list[str]] = {}
    for part_id, option in options_taken(question, answer, language):
        taken.setdefault(part_id, []).append(option)
    parts = parts_of(question)
    if isinstance(question, Ordering):
        placed = [part for part in parts if taken[part.id] != [NONE]]
        placed.sort(key=lambda part: int(taken[part.id][0]))
        return [Given(Markup(), _html(part.label, language)) for part in placed]
    found = []
    for number, part in enumerate(parts, 1):
        chosen = [item for item in part.options if item.id in taken[part.id] and item.id != NONE]
        label = _label(part, number, len(parts), language)
        found += [Given(label, _option(item, language)) for item in chosen]
    return found


def _number(question: Numeric, answer: object, language: str) -> list[Given]:
    given = answer if isinstance(answer, Mapping) else {}
    typed, unit = given.get("value"), given.get("unit")
    if not isinstance(typed, str) or not typed.strip():
        return []
    names = {item.id: _html(item.text, language) for item in question.units}
    text = Markup("<bdi>{}</bdi>").format(typed)
    if isinstance(unit, str) and unit in names:
        text += Markup(" ") + names[unit]
    return [Given(Markup(), text)]


def _label(part: Part, number: int, count: int, language: str) -> Markup:
    """Gaps of a text have no words of their own: they are numbered."""
    if part.label is not None:
        return _html(part.label, language)
    if count == 1 or part.id in ("value", "reason"):
        return Markup()
    return escape(words_in(language)("gap", n=number))


def _option(option: PartOption, language: str) -> Markup:
    if option.label is not None:
        return _html(option.label, language)
    return escape(words_in(language)(option.id))  # "true", "false"


def _html(text: LocalizedText | None, language: str) -> Markup:
    return Markup(inline_html(text, language)) if text else Markup()  # noqa: S704 - cleaned
