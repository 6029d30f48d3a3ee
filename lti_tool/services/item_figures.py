"""What is shown of one question: counted answers become figures, options and readings."""

from __future__ import annotations

from dataclasses import dataclass

from content.model import Question
from lti_tool.services.answer_parts import NONE, OTHER, Part, parts_of
from lti_tool.services.item_statistics import (
    Method,
    OptionCount,
    Reading,
    Tally,
    read_figures,
)

#: Wrong answers that people typed are shown where this many gave them: one person's text is theirs.
TYPED_BY = 3
TYPED_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PartFigures:
    """``part`` as the author wrote it, with how often each of its options was taken. Options beyond
    the author's are what several people typed, and OTHER for the rest."""

    part: Part
    options: tuple[OptionCount, ...]


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """``number`` is its place in the present quiz, None where it stands there no more in this form;
    ``difficulty`` the mean share of its points, ``discrimination`` from -1 to 1."""

    question: Question
    number: int | None
    answers: int
    difficulty: float | None
    discrimination: float | None
    method: Method
    group_sizes: tuple[int, int]
    parts: tuple[PartFigures, ...]
    readings: tuple[Reading, ...]


def figures_of(question: Question, number: int | None, tally: Tally) -> QuestionFigures:
    """The figures of a question from the answers that were counted."""
    parts = tuple(PartFigures(part, _options(part, tally)) for part in parts_of(question))
    value, method = tally.discrimination() if question.scored else (None, "groups")
    chosen = [
        one
        for figures in parts
        if not figures.part.typed
        for one in figures.options
        if one.option != NONE
    ]
    return QuestionFigures(
        question=question,
        number=number,
        answers=tally.answers,
        difficulty=tally.difficulty if question.scored else None,
        discrimination=value,
        method=method,
        group_sizes=(tally.group_sizes["upper"], tally.group_sizes["lower"]),
        parts=parts,
        readings=read_figures(tally, chosen, scored=question.scored),
    )


def _options(part: Part, tally: Tally) -> tuple[OptionCount, ...]:
    rights = {option.id: option.right for option in part.options}
    shown = [option.id for option in part.options]
    if part.typed:
        typed = {
            option: count
            for (where, option), count in tally.options.items()
            if where == part.id and option not in rights
        }
        often = [each for each in typed if each != OTHER and typed[each] >= TYPED_BY]
        often = sorted(often, key=lambda each: (-typed[each], each))[:TYPED_SHOWN]
        rest = [each for each in typed if each not in often]
        counts = [_count(part, option, rights.get(option, False), tally) for option in shown[:-1]]
        counts += [_count(part, option, False, tally) for option in often]
        if rest:
            counts.append(_sum(part, [_count(part, option, False, tally) for option in rest]))
        return (*counts, _count(part, NONE, False, tally))
    return tuple(_count(part, option, rights[option], tally) for option in shown)


def _count(part: Part, option: str, right: bool, tally: Tally) -> OptionCount:
    key = (part.id, option)
    upper, lower = tally.group_options["upper"][key], tally.group_options["lower"][key]
    return OptionCount(part.id, option, right, tally.options[key], upper, lower)


def _sum(part: Part, counts: list[OptionCount]) -> OptionCount:
    return OptionCount(
        part.id,
        OTHER,
        False,
        sum(one.count for one in counts),
        sum(one.upper for one in counts),
        sum(one.lower for one in counts),
    )
