"""How much suspend data a learner can fill at most: ``player/pack/`` counted in Python.

Free texts are left out: they are the first to go when space runs out. Everything else must fit, or
a build should fail before a learner's answers are lost. Nothing is rendered for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

from content.model import (
    Cloze,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    Scenario,
    SingleChoice,
    TrueFalse,
    Unit,
)
from content.papers import has_papers

#: Longest number that an answer to a numeric question is counted with.
_NUMBER_LENGTH = 16
_HASH = 18
#: The tag of the language that the learner has chosen, of at most 15 characters.
_LANGUAGE = 5 + 7 * 15
#: When an attempt was handed in, in seconds since the epoch of ``pack/state.js``.
_TIME = 5 * 9
#: The largest number that JavaScript counts exactly.
_LARGEST = 2**53 - 1
#: A seed and whether there is one.
_SEED = 31


def suspend_data_limit(medium: str) -> int:
    """The characters that the version of SCORM leaves for everything."""
    return 4096 if medium == "scorm12" else 64_000


def suspend_data_size(units: Sequence[Unit], *, several: bool = False) -> int:
    """The characters that every page seen, every attempt used and a full draft need; with
    ``several`` languages in the document also the one that the learner chose."""
    bits = _count(len(units)) * 2 + sum(_unit(unit) for unit in units)
    bits += _LANGUAGE if several else 0
    return 3 + -(-bits // 6)


def _unit(unit: Unit) -> int:
    head = _HASH + 1 + 2 + 2 + _count(len(unit.pages)) * 2 + 2
    pages = len(unit.pages) * (_HASH + 1)
    attempt = _scores(unit.quiz) + _TIME + 1
    widths = [_answer(question) for question in unit.quiz]
    table = _count(len(widths)) + len(widths) * (_HASH + 6) + 15 + sum(map(_count, widths))
    row = sum(widths)
    attempts = _count(unit.attempts) + unit.attempts * attempt
    if has_papers(unit):
        attempts += (unit.attempts + 1) * _SEED
    return head + pages + attempts + table + (unit.attempts + 1) * row


def _scores(quiz: Sequence[Question]) -> int:
    """Bits of what was earned and what was possible, two fractions: at most all points, over the
    least common multiple of the parts into which questions divide their credit."""
    possible = sum(question.points for question in quiz if question.scored)
    parts = lcm(*(_parts(question) for question in quiz if question.scored))
    earned = possible * parts
    if earned > _LARGEST:  # the player then writes ten thousandths, or what is left when reduced
        earned = parts = _LARGEST
    return _count(earned) + _count(parts) + _count(possible) + _count(1)


def _parts(question: Question) -> int:
    """Into how many equal parts the credit of ``question`` is divided (``content.grading``)."""
    match question:
        case MultipleChoice():
            return max(1, sum(choice.correct for choice in question.choices))
        case Matching():
            return len(question.pairs)
        case Ordering():
            return len(question.items)
        case Cloze():
            return len(question.gaps)
        case Scenario():
            return len(question.steps)
    return 1


def _count(number: int) -> int:
    """Bits of ``count`` in pack/bits.js: five for each hexadecimal digit."""
    return 5 * max(1, len(f"{number:x}"))


def _room(choices: Sequence[Any]) -> int:
    return max(1, len(choices).bit_length())


def _answer(question: Question) -> int:
    """The most bits that an answer takes: the widths in pack/answers.js."""
    match question:
        case SingleChoice(choices=choices):
            return _room(choices)
        case MultipleChoice(choices=choices):
            return len(choices)
        case TrueFalse(reasons=reasons):
            return 2 + _room(reasons)
        case Ordering(items=items):
            return len(items) * _room(items)
        case Matching(pairs=pairs, options=options):
            return len(pairs) * _room(options)
        case Cloze(gaps=parts) | Scenario(steps=parts):
            return sum(_room(part.choices) for part in parts)
        case Numeric():
            return _count(_NUMBER_LENGTH + 1) + 8 * (_NUMBER_LENGTH + 1)
    # A free text: the first to go.
    return _count(0)
