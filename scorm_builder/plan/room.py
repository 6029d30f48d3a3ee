"""Whether all that a learner can do fits into what an LMS keeps of a SCO.

Everything counts: each page seen, every attempt used up, and a full draft (``budget.py`` counts
what ``player/pack/`` writes). A course that might outgrow its room is never built, and the author
is told which changes would do, each tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from content.model import Unit
from content.render.budget import suspend_data_size
from scorm_builder.errors import BuildError
from scorm_builder.formats import SCORM2004
from scorm_builder.order import Order

_MOST_NAMED = 5


def check_state_fits(order: Order, units: Sequence[Unit]) -> None:
    """Raises ``BuildError`` where a document of ``units`` needs more than ``cmi.suspend_data`` has
    (SCORM 1.2 RTE §3.4.2.2: 4,096 characters; SCORM 2004 RTE §4.2: 4,000 in the 2nd edition, 64,000
    in the 3rd and 4th)."""
    limit = order.form.suspend_data
    if limit is None or (size := _size(order, units)) <= limit:
        return
    ways = list(_ways(order, units, limit))
    pages, questions = sum(len(u.pages) for u in units), sum(len(u.quiz) for u in units)
    raise BuildError(
        f"{_named(order, units)} has {pages} pages and {questions} questions: a learner's work may "
        f"need {size:,} characters of suspend data, and {order.form.title} has room for {limit:,}",
        "; or ".join(ways),
    )


def _ways(order: Order, units: Sequence[Unit], limit: int) -> Iterator[str]:
    if len(units) > 1:
        sizes = {unit.id: _size(order, [unit]) for unit in units}
        largest = max(sizes.values())
        if largest <= limit:
            yield (
                f"make each unit an activity of its own (--sco unit): none needs more than "
                f"{largest:,}"
            )
        else:
            large = [f"{name} ({size:,})" for name, size in sizes.items() if size > limit]
            more = ", …" if len(large) > _MOST_NAMED else ""
            yield (
                "divide the units that are too large even by themselves "
                f"({', '.join(large[:_MOST_NAMED])}{more}), and build with --sco unit"
            )
    if attempts := _fitting_attempts(order, units, limit):
        yield f"allow at most {attempts} attempt{'s' if attempts > 1 else ''} at each quiz"
    elif len(units) == 1:
        yield "divide the unit into two: it is too large even with one attempt"
    if order.form.suspend_data != SCORM2004.suspend_data:
        room = SCORM2004.suspend_data or 0
        if _size(order, units) <= room:
            yield f"build scorm2004, which has room for {room:,}"


def _fitting_attempts(order: Order, units: Sequence[Unit], limit: int) -> int:
    """The most attempts with which it fits; 0 where it never does."""
    low, high = 0, max(unit.attempts for unit in units) - 1
    while low < high:
        middle = (low + high + 1) // 2
        fewer = [replace(unit, attempts=min(unit.attempts, middle)) for unit in units]
        if _size(order, fewer) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _size(order: Order, units: Sequence[Unit]) -> int:
    return suspend_data_size(units, several=len(order.languages) > 1)


def _named(order: Order, units: Sequence[Unit]) -> str:
    return f"the unit {units[0].id}" if len(units) == 1 else f"the course {order.course.id}"
