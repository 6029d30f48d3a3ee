"""questions.yaml → questions, with every way in which one cannot be answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from content.answers import fold_text
from content.choices import (
    ids_of,
    need,
    read_choices,
    read_options,
    report_duplicates,
    report_same_texts,
)
from content.findings import Mark
from content.ids import did_you_mean
from content.model import (
    Cloze,
    Gap,
    LocalizedText,
    Matching,
    Mistake,
    MultipleChoice,
    Numeric,
    OrderedItem,
    Ordering,
    Pair,
    Question,
    Scenario,
    ShortText,
    SingleChoice,
    Step,
    TrueFalse,
)
from content.reader import Fields
from content.source import Scalar, Sequence

MAX_POINTS = 1000
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", re.ASCII)
_GAP = re.compile(r"\{([^{}]*)\}")


class Common(TypedDict):
    id: str
    prompt: LocalizedText
    outcome: str | None
    points: int
    pool: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A question and where it stands."""

    question: Question
    mark: Mark


def read_question(
    fields: Fields, outcomes: list[str] | None, *, graded: bool, pools: list[str] | None = None
) -> Placed | None:
    """One entry of ``quiz`` (``graded``) or ``checks``; None if its type is not known.

    ``outcomes`` and ``pools`` are the ids that it may name; None where they could not be read.
    """
    kind = fields.text("type")
    reader = _READERS.get(kind)
    if reader is None:
        if kind:
            fields.wrong(
                "type",
                "question.type",
                f"there is no question type “{kind[:40]}”",
                did_you_mean(kind, _READERS),
            )
        return None
    common = Common(
        id=fields.identifier(),
        prompt=fields.localized("prompt"),
        outcome=_outcome(fields, outcomes, required=graded),
        points=fields.integer("points", 1, MAX_POINTS, 1),
        pool=_pool(fields, pools) if graded else None,
    )
    question = reader(fields, common)
    fields.done()
    return Placed(question, fields.at("id"))


def _outcome(fields: Fields, outcomes: list[str] | None, *, required: bool) -> str | None:
    if outcomes is None:
        return fields.text("outcome", required=required) or None
    return fields.one_of("outcome", outcomes, "id.unknown", required=required) or None


def _pool(fields: Fields, pools: list[str] | None) -> str | None:
    if pools is None:
        return fields.text("pool", required=False) or None
    return fields.one_of("pool", pools, "id.unknown", required=False) or None


def _single(fields: Fields, common: Common) -> Question:
    return SingleChoice(**common, choices=read_choices(fields))


def _multiple(fields: Fields, common: Common) -> Question:
    return MultipleChoice(**common, choices=read_choices(fields, several=True))


def _true_false(fields: Fields, common: Common) -> Question:
    return TrueFalse(
        **common,
        answer=fields.flag("answer", None),
        if_true=fields.localized("if_true"),
        if_false=fields.localized("if_false"),
        reasons=read_choices(fields, "reasons") if fields.has("reasons") else (),
    )


def _matching(fields: Fields, common: Common) -> Question:
    options = read_options(fields, "options", 2)
    known = [option.id for option in options]
    children = fields.children("pairs", "pair")
    need(fields, "pairs", children, 2)
    report_duplicates(ids_of(children), fields, "pair")
    pairs = []
    for child in children:
        pairs.append(
            Pair(
                id=child.identifier(),
                left=child.localized("left"),
                right=child.one_of("right", known, "question.no-option"),
                feedback=child.localized("feedback"),
            )
        )
        child.done()
    report_same_texts(fields, "pairs", [pair.left for pair in pairs])
    return Matching(**common, pairs=tuple(pairs), options=options)


def _ordering(fields: Fields, common: Common) -> Question:
    children = fields.children("items", "item")
    need(fields, "items", children, 2)
    report_duplicates(ids_of(children), fields, "item")
    items = []
    for child in children:
        items.append(
            OrderedItem(child.identifier(), child.localized("text"), child.localized("feedback"))
        )
        child.done()
    report_same_texts(fields, "items", [item.text for item in items])
    return Ordering(**common, items=tuple(items))


def _numeric(fields: Fields, common: Common) -> Question:
    value = fields.decimal("value")
    tolerance = _tolerance(fields, value)
    units = read_options(fields, "units", 1)
    unit = None
    if units or fields.has("unit"):
        unit = fields.one_of("unit", [option.id for option in units], "question.no-unit") or None
    mistakes = []
    for child in fields.children("mistakes", "mistake", required=False):
        mistake = Mistake(child.decimal("value"), child.localized("feedback"))
        if child.has("value") and abs(mistake.value - value) <= tolerance:
            child.wrong(
                "value",
                "question.right-mistake",
                "this known slip is within the tolerance: it counts as right",
                "lower the tolerance, or remove the slip",
            )
        mistakes.append(mistake)
        child.done()
    return Numeric(
        **common,
        value=value,
        tolerance=tolerance,
        if_right=fields.localized("if_right"),
        if_wrong=fields.localized("if_wrong"),
        units=units,
        unit=unit,
        mistakes=tuple(mistakes),
    )


def _tolerance(fields: Fields, value: Decimal) -> Decimal:
    text = fields.text("tolerance", required=False, default="0")
    percent = _PERCENT.fullmatch(text)
    if percent:
        return abs(value) * Decimal(percent.group(1)) / 100
    tolerance = fields.decimal_from("tolerance", text)
    if tolerance < 0:
        fields.wrong(
            "tolerance", "field.value", "“tolerance” must not be negative", "remove the sign"
        )
    return abs(tolerance)


def _cloze(fields: Fields, common: Common) -> Question:
    text = fields.localized("text")
    children = fields.children("gaps", "gap")
    report_duplicates(ids_of(children), fields, "gap")
    gaps = []
    for child in children:
        gaps.append(Gap(child.identifier(), read_choices(child)))
        child.done()
    known = [gap.id for gap in gaps if gap.id]
    for language, sentence in text.items():
        counts = Counter(_GAP.findall(sentence))
        for gap in known:
            if counts[gap] != 1:
                fields.wrong(
                    "text",
                    "question.gap-missing",
                    f"the gap “{gap}” stands {counts[gap]} times in the text in “{language}”",
                    f"write {{{gap}}} exactly once in each language",
                )
        for name in counts:
            if known and name not in known:
                fields.wrong(
                    "text",
                    "question.gap-unknown",
                    f"the text in “{language}” has a gap “{name[:40]}” that “gaps” does not list",
                    did_you_mean(name, known),
                )
    return Cloze(**common, text=text, gaps=tuple(gaps))


def _short_text(fields: Fields, common: Common) -> Question:
    scored = fields.flag("scored", True)
    if not scored:
        model_answer = fields.localized("model_answer")
        return ShortText(
            **common,
            scored=False,
            accepted={},
            if_right={},
            if_wrong={},
            model_answer=model_answer,
        )
    return ShortText(
        **common,
        accepted=_accepted(fields),
        if_right=fields.localized("if_right"),
        if_wrong=fields.localized("if_wrong"),
        model_answer=fields.localized("model_answer", required=False),
    )


def _accepted(fields: Fields) -> dict[str, tuple[str, ...]]:
    accepted: dict[str, tuple[str, ...]] = {}
    for language, node in fields.by_language("accepted").items():
        nodes = node.items if isinstance(node, Sequence) else [node]
        texts = [item.text.strip() for item in nodes if isinstance(item, Scalar)]
        if not texts or not all(fold_text(text) for text in texts) or len(texts) < len(nodes):
            fields.findings.error(
                node.mark,
                "question.no-accepted",
                f"no answer that could be typed is accepted in “{language}”",
                "list at least one: [solidarity]",
            )
        accepted[language] = tuple(texts)
    return accepted


def _scenario(fields: Fields, common: Common) -> Question:
    children = fields.children("steps", "step")
    report_duplicates(ids_of(children), fields, "step")
    steps = []
    for child in children:
        steps.append(Step(child.identifier(), child.localized("prompt"), read_choices(child)))
        child.done()
    return Scenario(**common, steps=tuple(steps))


_READERS: dict[str, Callable[[Fields, Common], Question]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "true-false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "cloze": _cloze,
    "short-text": _short_text,
    "scenario": _scenario,
}
