"""What one attempt asks: the questions drawn from pools, and their order.

A paper follows from a seed alone, so that it need not be kept: the player has a twin of this in
``player/papers.js``, and tests/golden/papers.json holds both to one reading. Questions are ranked
by a hash of seed and id: when others are added or dropped, most of a paper stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from content.model import Question, Unit

#: Seeds are whole numbers from 0 to this.
MAX_SEED = (1 << 30) - 1


def has_papers(unit: Unit) -> bool:
    """Whether attempts differ: in their questions, their order, or the order of the choices."""
    rules = unit.rules
    return bool(rules.pools) or rules.shuffle_questions or rules.shuffle_choices


def paper(unit: Unit, seed: int) -> tuple[Question, ...]:
    """The questions of an attempt, in the order in which they are asked."""
    ranked = sorted(unit.quiz, key=lambda question: rank(seed, question.id))
    left = Counter({pool.id: pool.draw for pool in unit.rules.pools})
    drawn: set[str] = set()
    for question in ranked:
        if question.pool is None:
            drawn.add(question.id)
        elif left[question.pool] > 0:
            left[question.pool] -= 1
            drawn.add(question.id)
    order: Iterable[Question] = ranked if unit.rules.shuffle_questions else unit.quiz
    return tuple(question for question in order if question.id in drawn)


def as_asked(unit: Unit, seed: int | None) -> Unit:
    """The unit with no more in its quiz than the paper of ``seed``; itself where that is None or
    the unit has no papers."""
    if seed is None or not has_papers(unit):
        return unit
    return replace(unit, quiz=paper(unit, seed))


def explains(unit: Unit, success: str, attempts_left: int) -> bool:
    """Whether a learner may see explanations by now: see ``content.model.FEEDBACK_TIMES``."""
    if unit.rules.feedback == "last-attempt":
        return success == "passed" or attempts_left <= 0
    return unit.rules.feedback == "each-attempt"


def rank(seed: int, name: str) -> tuple[int, str]:
    """Where ``name`` (ASCII) stands in the order that ``seed`` makes: 32-bit FNV-1a, its bits mixed
    by MurmurHash3's last step, since names that differ in one letter must not stand together."""
    number = 0x811C9DC5
    for byte in f"{seed}/{name}".encode("ascii"):
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    number = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    number = (number ^ number >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return number ^ number >> 16, name
