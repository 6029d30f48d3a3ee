"""A question of ours → questions that Common Cartridge knows: choices, words, free texts.

Cartridges have six types of question (CC QTI 1.2.1, §4). Ours that are of several parts become one
question a part, which share the points; the sum of what they earn is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Any, Literal

from content.model import Numeric, Unit

Json = dict[str, Any]
Words = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Answer:
    id: str
    html: str
    correct: bool
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question as a cartridge has it. ``common`` is what it shares with other parts of ours,
    ``own`` its own. ``accepted`` are the words of a ``fill-in``; ``if_right`` and ``if_wrong``
    explain them; ``model`` is what an ``essay`` is compared with."""

    id: str
    kind: Literal["choice", "several", "true-false", "fill-in", "essay"]
    common: str
    own: str = ""
    points: Fraction
    answers: tuple[Answer, ...] = ()
    accepted: tuple[str, ...] = ()
    if_right: str = ""
    if_wrong: str = ""
    model: str = ""

    @property
    def prompt(self) -> str:
        return self.common + self.own


def items_of(question: Json, word: Words) -> tuple[Item, ...]:
    """``question`` is ``content.render.public_question`` with keys; ``word`` gives the player's
    words in its language."""
    return tuple(_MAKERS[question["type"]](question, word))


def unexplained(item: Item) -> Item:
    """The same without a word on what is right, but for the model of an essay."""
    answers = tuple(replace(answer, feedback="") for answer in item.answers)
    return replace(item, answers=answers, if_right="", if_wrong="")


def losses(unit: Unit) -> Iterator[str]:
    """What of the unit's quiz a cartridge cannot say, in a sentence each."""
    rules = unit.rules
    if rules.pools:
        yield "asks every question of its pools: cartridges draw none"
    if rules.shuffle_questions:
        yield "asks its questions in one order"
    if rules.feedback == "last-attempt":
        yield "explains after each attempt, where the LMS does not say otherwise"
    numbers = [one for one in unit.quiz if isinstance(one, Numeric)]
    exact = [one.id for one in numbers if one.tolerance]
    if exact:
        yield f"takes the exact number alone in {', '.join(exact)}: tolerances are lost"
    named = [one.id for one in numbers if one.units]
    if named:
        yield f"names the unit of {', '.join(named)} instead of asking for it"


def _points(question: Json, parts: int = 1) -> Fraction:
    return Fraction(question["points"], parts)


def _answers(choices: Sequence[Json], correct: Sequence[str], feedback: Json) -> tuple[Answer, ...]:
    return tuple(
        Answer(one["id"], one["html"], one["id"] in correct, feedback.get(one["id"], ""))
        for one in choices
    )


def _single(question: Json, _word: Words) -> list[Item]:
    key = question["key"]
    answers = _answers(question["choices"], [key["correct"]], key["feedback"])
    return [_item(question, "choice", answers)]


def _multiple(question: Json, word: Words) -> list[Item]:
    key = question["key"]
    answers = _answers(question["choices"], key["correct"], key["feedback"])
    return [_item(question, "several", answers, more=f"<p>{escape(word('choose.several'))}</p>")]


def _item(
    question: Json, kind: Literal["choice", "several"], answers: tuple[Answer, ...], more: str = ""
) -> Item:
    return Item(
        id=question["id"],
        kind=kind,
        common=_prompt(question) + more,
        points=_points(question),
        answers=answers,
    )


def _prompt(question: Json) -> str:
    return f"<p>{question['prompt_html']}</p>"


def _true_false(question: Json, word: Words) -> list[Item]:
    key = question["key"]
    verdicts = [(True, "true", key["if_true"]), (False, "false", key["if_false"])]
    if "reasons" not in question:
        answers = tuple(
            Answer(name, escape(word(name)), value is key["answer"], feedback)
            for value, name, feedback in verdicts
        )
        return [
            Item(
                id=question["id"],
                kind="true-false",
                common=_prompt(question),
                points=_points(question),
                answers=answers,
            )
        ]
    # Half of it earns nothing: each pair of verdict and reason is one answer.
    pairs = tuple(
        Answer(
            f"{name}-{reason['id']}",
            f"{escape(word(name))} – {reason['html']}",
            value is key["answer"] and reason["id"] == key["correct"],
            f"{feedback} {key['feedback'][reason['id']]}",
        )
        for value, name, feedback in verdicts
        for reason in question["reasons"]
    )
    return [_item(question, "choice", pairs)]


def _matching(question: Json, _word: Words) -> list[Item]:
    key, pairs = question["key"], question["pairs"]
    return [
        _part(
            question,
            pair["id"],
            len(pairs),
            f"<p>{pair['html']}</p>",
            tuple(
                Answer(
                    option["id"],
                    option["html"],
                    option["id"] == key["right"][pair["id"]],
                    key["feedback"][pair["id"]],
                )
                for option in question["options"]
            ),
        )
        for pair in pairs
    ]


def _ordering(question: Json, word: Words) -> list[Item]:
    key, items = question["key"], question["items"]
    places = [str(number) for number in range(1, len(items) + 1)]
    return [
        _part(
            question,
            item["id"],
            len(items),
            f"<p>{item['html']}</p>",
            tuple(
                Answer(
                    f"place-{place}",
                    place,
                    key["order"].index(item["id"]) + 1 == int(place),
                    key["feedback"][item["id"]],
                )
                for place in places
            ),
            common=f"<p>{escape(word('choose.order'))}</p>",
        )
        for item in items
    ]


def _part(
    question: Json,
    part: str,
    parts: int,
    own: str,
    answers: tuple[Answer, ...],
    common: str = "",
) -> Item:
    return Item(
        id=f"{question['id']}.{part}",
        kind="choice",
        common=_prompt(question) + common,
        own=own,
        points=_points(question, parts),
        answers=answers,
    )


def _cloze(question: Json, word: Words) -> list[Item]:
    gaps = question["gaps"]
    text = question["text_html"]
    for number, gap in enumerate(gaps, 1):
        mark = f'<span class="gap" data-gap="{gap["id"]}"></span>'
        text = text.replace(mark, f"<b>____ ({number})</b>")
    return [
        _part(
            question,
            gap["id"],
            len(gaps),
            f"<p>{escape(word('gap', n=number))}</p>",
            _keyed(gap, question["key"]["gaps"]),
            common=f"<p>{text}</p>",
        )
        for number, gap in enumerate(gaps, 1)
    ]


def _scenario(question: Json, word: Words) -> list[Item]:
    steps = question["steps"]
    return [
        _part(
            question,
            step["id"],
            len(steps),
            f"<p>{escape(word('step', n=number))}: {step['prompt_html']}</p>",
            _keyed(step, question["key"]["steps"]),
        )
        for number, step in enumerate(steps, 1)
    ]


def _keyed(part: Json, keys: Json) -> tuple[Answer, ...]:
    key = keys[part["id"]]
    return _answers(part["choices"], [key["correct"]], key["feedback"])


def _numeric(question: Json, word: Words) -> list[Item]:
    """A number is compared as a text there: it is accepted with a point and with a comma, and a
    tolerance is lost. A unit to choose is named instead."""
    key = question["key"]
    units = {unit["id"]: unit["html"] for unit in question.get("units", ())}
    named = f"<p>{escape(word('unit.label'))}: {units[key['unit']]}</p>" if units else ""
    value = key["value"]
    return [
        Item(
            id=question["id"],
            kind="fill-in",
            common=_prompt(question) + named,
            points=_points(question),
            accepted=tuple(dict.fromkeys((value, value.replace(".", ",")))),
            if_right=key["if_right"],
            if_wrong=key["if_wrong"],
        )
    ]


def _short_text(question: Json, _word: Words) -> list[Item]:
    key = question["key"]
    if not question["scored"]:
        return [
            Item(
                id=question["id"],
                kind="essay",
                common=_prompt(question),
                points=_points(question),
                model=key["model_answer_html"],
            )
        ]
    return [
        Item(
            id=question["id"],
            kind="fill-in",
            common=_prompt(question),
            points=_points(question),
            accepted=tuple(key["accepted"]),
            if_right=key["if_right"],
            if_wrong=key["if_wrong"],
        )
    ]


_MAKERS: dict[str, Callable[[Json, Words], list[Item]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "true-false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "scenario": _scenario,
    "numeric": _numeric,
    "short-text": _short_text,
}
