"""Where a learner stands in a unit: the one reading of what counts, for everybody who asks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from content.grading import Status, status
from content.model import Unit
from lti_tool.models import Attempt, UnitProgress


def attempts_allowed(unit: Unit, progress: UnitProgress | None) -> int:
    """The unit's (``link_options.unit_for_link``), and those that an instructor granted; never
    fewer than were handed in, before the options changed or a reset was undone."""
    granted = progress.extra_attempts if progress else 0
    return max(unit.attempts + granted, len(handed_in(progress)))


def handed_in(progress: UnitProgress | None) -> list[Attempt]:
    """The attempts that count, in their order."""
    found = progress.attempts if progress else []
    return [item for item in found if item.handed_in_at is not None]


def standing(unit: Unit, progress: UnitProgress | None) -> Status:
    """Completed, passed or failed, and the best score of what counts."""
    mine = replace(unit, attempts=attempts_allowed(unit, progress))
    scores = [Decimal(item.value or 0) for item in handed_in(progress)]
    return status(mine, progress.seen if progress else (), scores)


def open_attempt(progress: UnitProgress) -> Attempt | None:
    return next((item for item in progress.attempts if item.handed_in_at is None), None)
