"""A question as the player gets it, with the key apart: in LTI the key never leaves the server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from content.ids import short_hash
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
from content.render.inline import inline_html
from content.snapshot import question_type

Json = dict[str, Any]
#: Localised text → HTML in one language.
Html = Callable[[LocalizedText], str]


def public_question(question: Question, *, language: str, keys: bool) -> Json:
    """JSON for the player in ``language``; with ``keys`` also what ``grading/grade.js`` needs."""

    def html(text: LocalizedText) -> str:
        return inline_html(text, language)

    body, key = _PARTS[type(question)](question, html, language)
    public: Json = {
        "id": question.id,
        "h": short_hash(_structure(question, body)),
        "type": question_type(question),
        "points": question.points,
        "scored": question.scored,
        "outcome": question.outcome,
        "prompt_html": html(question.prompt),
        **body,
    }
    if question.pool is not None:
        public["pool"] = question.pool
    if keys:
        public["key"] = key
    return public


def _structure(question: Question, body: Mapping[str, Any]) -> str:
    """What an answer's meaning rests on: an answer fits a later version where this is the same."""
    ids = {
        name: [(part["id"], [choice["id"] for choice in part.get("choices", ())]) for part in parts]
        for name, parts in body.items()
        if isinstance(parts, list)
    }
    return f"{question.id} {question_type(question)} {question.scored} {sorted(ids.items())}"


def _single(question: SingleChoice, html: Html, _language: str) -> tuple[Json, Json]:
    return {"choices": _views(question.choices, html)}, _keyed(question.choices, html)


def _multiple(question: MultipleChoice, html: Html, _language: str) -> tuple[Json, Json]:
    key = {
        "correct": [choice.id for choice in question.choices if choice.correct],
        "feedback": _feedback(question.choices, html),
    }
    return {"choices": _views(question.choices, html)}, key


def _true_false(question: TrueFalse, html: Html, _language: str) -> tuple[Json, Json]:
    key: Json = {
        "answer": question.answer,
        "if_true": html(question.if_true),
        "if_false": html(question.if_false),
    }
    if not question.reasons:
        return {}, key
    return {"reasons": _views(question.reasons, html)}, key | _keyed(question.reasons, html)


def _matching(question: Matching, html: Html, _language: str) -> tuple[Json, Json]:
    body = {
        "pairs": [{"id": pair.id, "html": html(pair.left)} for pair in question.pairs],
        "options": [
            {"id": option.id, "html": html(option.text)}
            for option in _shuffled(question.options, question.id)
        ],
    }
    key = {
        "right": {pair.id: pair.right for pair in question.pairs},
        "feedback": {pair.id: html(pair.feedback) for pair in question.pairs},
    }
    return body, key


def _ordering(question: Ordering, html: Html, _language: str) -> tuple[Json, Json]:
    body = {
        "items": [
            {"id": item.id, "html": html(item.text)}
            for item in _shuffled(question.items, question.id)
        ]
    }
    key = {
        "order": [item.id for item in question.items],
        "feedback": {item.id: html(item.feedback) for item in question.items},
    }
    return body, key


def _numeric(question: Numeric, html: Html, _language: str) -> tuple[Json, Json]:
    body = {"units": [{"id": unit.id, "html": html(unit.text)} for unit in question.units]}
    key = {
        "value": format(question.value, "f"),
        "tolerance": format(question.tolerance, "f"),
        "unit": question.unit,
        "mistakes": [
            {"value": format(slip.value, "f"), "html": html(slip.feedback)}
            for slip in question.mistakes
        ],
        "if_right": html(question.if_right),
        "if_wrong": html(question.if_wrong),
    }
    return (body if question.units else {}), key


def _cloze(question: Cloze, html: Html, _language: str) -> tuple[Json, Json]:
    text = html(question.text)
    for gap in question.gaps:
        text = text.replace("{" + gap.id + "}", f'<span class="gap" data-gap="{gap.id}"></span>')
    body = {
        "text_html": text,
        "gaps": [{"id": gap.id, "choices": _views(gap.choices, html)} for gap in question.gaps],
    }
    return body, {"gaps": {gap.id: _keyed(gap.choices, html) for gap in question.gaps}}


def _short_text(question: ShortText, html: Html, language: str) -> tuple[Json, Json]:
    if not question.scored:
        return {}, {"model_answer_html": html(question.model_answer)}
    key = {
        "accepted": list(question.accepted.get(language, ())),
        "if_right": html(question.if_right),
        "if_wrong": html(question.if_wrong),
    }
    return {}, key


def _scenario(question: Scenario, html: Html, _language: str) -> tuple[Json, Json]:
    body = {
        "steps": [
            {"id": step.id, "prompt_html": html(step.prompt), "choices": _views(step.choices, html)}
            for step in question.steps
        ]
    }
    return body, {"steps": {step.id: _keyed(step.choices, html) for step in question.steps}}


_PARTS: Mapping[type[Question], Callable[..., tuple[Json, Json]]] = {
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


def _views(choices: Iterable[Choice], html: Html) -> list[Json]:
    return [{"id": choice.id, "html": html(choice.text)} for choice in choices]


def _feedback(choices: Iterable[Choice], html: Html) -> Json:
    return {choice.id: html(choice.feedback) for choice in choices}


def _keyed(choices: Sequence[Choice], html: Html) -> Json:
    correct = next((choice.id for choice in choices if choice.correct), "")
    return {"correct": correct, "feedback": _feedback(choices, html)}


def _shuffled(things: Sequence[Any], seed: str) -> list[Any]:
    """The same order in each build and language, and never the author's, which is the answer."""

    def place(thing: Any) -> str:
        return hashlib.sha256(f"{seed}/{thing.id}".encode()).hexdigest()

    order = sorted(things, key=place)
    return order[::-1] if order == list(things) else order
