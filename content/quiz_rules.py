"""The part ``quiz`` of unit.yaml: pools to draw from, the order of things, when to explain."""

from __future__ import annotations

from content.choices import report_duplicates
from content.findings import Mark
from content.model import FEEDBACK_TIMES, Pool, QuizRules
from content.reader import Fields
from content.source import Mapping

_ORDERS = ["fixed", "shuffled"]
MAX_DRAW = 1000


def read_rules(fields: Fields, marks: dict[tuple[str, str], Mark]) -> QuizRules:
    """``fields`` are those of unit.yaml; what it does not say goes as it always went. ``marks``
    gets the places of pools."""
    node = fields.node_of("quiz", required=False)
    if node is None:
        return QuizRules()
    if not isinstance(node, Mapping):
        fields.wrong(
            "quiz",
            "field.type",
            "“quiz” in unit.yaml says how an attempt goes; the questions stand in questions.yaml",
            "write {order: shuffled}, or remove it",
        )
        return QuizRules()
    own = Fields(fields.reading, node, node.mark, "quiz")
    rules = QuizRules(
        shuffle_questions=_word(own, "order", _ORDERS) == "shuffled",
        shuffle_choices=_word(own, "choices", _ORDERS) == "shuffled",
        feedback=_word(own, "feedback", list(FEEDBACK_TIMES)),
        pools=_pools(own, marks),
    )
    own.done()
    return rules


def _word(fields: Fields, key: str, known: list[str]) -> str:
    """One of ``known``, the first unless said."""
    return fields.one_of(key, known, "field.value", required=False) or known[0]


def _pools(fields: Fields, places: dict[tuple[str, str], Mark]) -> tuple[Pool, ...]:
    children = fields.children("pools", "pool", required=False)
    pools = []
    for child in children:
        pool = Pool(child.identifier(), child.integer("draw", 1, MAX_DRAW))
        child.done()
        pools.append(pool)
        places.setdefault(("pool", pool.id), child.at("draw"))
    marks = [child.at("id") for child in children]
    report_duplicates(zip([pool.id for pool in pools], marks, strict=True), fields, "pool")
    return tuple(pools)
