"""How much suspend data a learner can fill at most: ``player/pack.js`` counted in Python.

Free texts are left out: they are the first to go when space runs out. Everything else must fit, or
a build should fail before a learner's answers are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

from content.model import (
    Cloze,
    Matching,
    MultipleChoice,
    Ordering,
    Question,
    Scenario,
    Unit,
)
from content.papers import has_papers
from content.render.questions import public_question

#: Longest number that an answer to a numeric question is counted with.
_NUMBER_LENGTH = 16
_HASH = 18
#: The tag of the language that the learner has chosen, of at most 15 characters.
_LANGUAGE = 5 + 7 * 15
#: When an attempt was handed in, in seconds since the epoch of ``pack.js``.
_TIME = 5 * 9
#: The largest number that JavaScript counts exactly.
_LARGEST = 2**53 - 1
#: A seed and whether there is one.
_SEED = 31


def suspend_data_limit(medium: str) -> int:
    """The characters that the version of SCORM leaves for everything."""
    return 4096 if medium == "scorm12" else 64_000


def suspend_data_size(units: Sequence[Unit], language: str, *, several: bool = False) -> int:
    """The characters that every page seen, every attempt used and a full draft need; with
    ``several`` languages in the document also the one that the learner chose."""
    bits = _count(len(units)) * 2 + sum(_unit(unit, language) for unit in units)
    bits += _LANGUAGE if several else 0
    return 3 + -(-bits // 6)


def _unit(unit: Unit, language: str) -> int:
    head = _HASH + 1 + 2 + 2 + _count(len(unit.pages)) * 2 + 2
    pages = len(unit.pages) * (_HASH + 1)
    attempt = _scores(unit.quiz) + _TIME + 1
    questions = [public_question(one, language=language, keys=False) for one in unit.quiz]
    table = _count(len(questions)) + len(questions) * (_HASH + 6) + 15
    row = sum(_answer(question) for question in questions)
    table += sum(_count(_answer(question)) for question in questions)
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
    if earned > _LARGEST:  # pack.js then writes ten thousandths, or what is left when reduced
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
    """Bits of ``count`` in pack.js: five for each hexadecimal digit."""
    return 5 * max(1, len(f"{number:x}"))


def _room(choices: Sequence[Any]) -> int:
    return max(1, len(choices).bit_length())


def _answer(question: dict[str, Any]) -> int:
    match question["type"]:
        case "single-choice":
            return _room(question["choices"])
        case "multiple-choice":
            return len(question["choices"])
        case "true-false":
            return 2 + _room(question.get("reasons", ()))
        case "ordering":
            return len(question["items"]) * _room(question["items"])
        case "matching":
            return len(question["pairs"]) * _room(question["options"])
        case "cloze":
            return sum(_room(gap["choices"]) for gap in question["gaps"])
        case "scenario":
            return sum(_room(step["choices"]) for step in question["steps"])
        case "numeric":
            return _count(_NUMBER_LENGTH + 1) + 8 * (_NUMBER_LENGTH + 1)
    return _count(0)
