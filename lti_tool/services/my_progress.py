"""What one learner sees of themselves in one course of the LMS: where they stand in each unit,
their attempts, and what the LMS was told. Everything is asked for by user and context together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from content.grading import Result, Status, unexplained
from content.model import Course, Question, Unit
from content.papers import explains
from lti_tool.models import (
    Attempt,
    LineItemResult,
    ResourceLink,
    ScoreDelivery,
    UnitProgress,
    User,
)
from lti_tool.services import versions
from lti_tool.services.link_options import unit_for_link
from lti_tool.services.standing import attempts_allowed, handed_in, standing
from lti_tool.services.work import grade_quiz

#: More activities of one course than anybody scrolls through; more scores than anybody is sent.
MAX_LINKS = 200
MAX_DELIVERIES = 50

#: The unit of a link as it stands on the shelf, by course id and unit id.
Shelf = Callable[[str | None, str | None], tuple[Course, Unit] | None]


@dataclass(frozen=True, slots=True)
class MyUnit:
    """One activity. ``progress`` is None where it was never opened; ``told`` is the last score
    that was written for the LMS."""

    link: ResourceLink
    course: Course
    unit: Unit
    progress: UnitProgress | None
    reached: Status
    told: ScoreDelivery | None

    @property
    def pages_seen(self) -> int:
        seen = self.progress.seen if self.progress else ()
        return sum(page.id in seen for page in self.unit.pages)

    @property
    def handed_in(self) -> list[Attempt]:
        return handed_in(self.progress)

    @property
    def attempts_allowed(self) -> int:
        return attempts_allowed(self.unit, self.progress)

    @property
    def explained(self) -> bool:
        """Whether explanations are shown by now."""
        left = self.attempts_allowed - len(self.handed_in)
        return explains(self.unit, self.reached.success, left)

    @property
    def has_open_attempt(self) -> bool:
        found = self.progress.attempts if self.progress else []
        return any(item.handed_in_at is None for item in found)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question of an attempt: what was answered, and what came of it."""

    question: Question
    answer: object
    result: Result


@dataclass(frozen=True, slots=True)
class MyAttempt:
    """An attempt that was handed in; ``language`` is the one that its questions are shown in."""

    attempt: Attempt
    language: str
    reviewed: tuple[Reviewed, ...]
    earned: Fraction
    possible: Fraction


def read_units(session: Session, user: User, context_pk: int, shelf: Shelf) -> list[MyUnit]:
    """The activities of the course that stand for a unit on offer: those that the learner has
    opened, and those that learners of the course have; what a teacher still prepares is not
    among them."""
    begun = select(UnitProgress.id).where(UnitProgress.link_pk == ResourceLink.id).exists()
    links = session.scalars(
        select(ResourceLink)
        .where(ResourceLink.context_pk == context_pk, ResourceLink.unit_id.is_not(None), begun)
        .order_by(ResourceLink.id)
        .limit(MAX_LINKS)
    ).all()
    numbers = [link.id for link in links]
    progress = _progress(session, user, numbers)
    told = _last_told(session, user, numbers)
    found = []
    for link in links:
        place = shelf(link.course_id, link.unit_id)
        if place is None:
            continue
        unit, mine = unit_for_link(place[1], link), progress.get(link.id)
        found.append(MyUnit(link, place[0], unit, mine, standing(unit, mine), told.get(link.id)))
    return found


def read_unit(
    session: Session, user: User, context_pk: int, link_pk: int, shelf: Shelf
) -> MyUnit | None:
    """One activity of the course; None where there is no such one in it."""
    link = session.scalars(
        select(ResourceLink).where(
            ResourceLink.id == link_pk, ResourceLink.context_pk == context_pk
        )
    ).one_or_none()
    place = shelf(link.course_id, link.unit_id) if link else None
    if link is None or place is None:
        return None
    unit = unit_for_link(place[1], link)
    mine = _progress(session, user, [link.id]).get(link.id)
    told = _last_told(session, user, [link.id]).get(link.id)
    return MyUnit(link, place[0], unit, mine, standing(unit, mine), told)


def read_attempts(session: Session, mine: MyUnit, language: str) -> list[MyAttempt]:
    """Every attempt that counts, the last one first, graded by the version that it was made on."""
    found = []
    for attempt in reversed(mine.handed_in):
        unit = versions.unit_of_attempt(session, attempt, mine.unit)
        spoken = language if language in unit.title else next(iter(unit.title))
        results, total = grade_quiz(unit, attempt.answers, attempt.language)
        told = results if mine.explained else {q: unexplained(r) for q, r in results.items()}
        reviewed = tuple(
            Reviewed(question, attempt.answers.get(question.id), told[question.id])
            for question in unit.quiz
        )
        found.append(MyAttempt(attempt, spoken, reviewed, total.earned, total.possible))
    return found


def read_told(session: Session, user: User, link: ResourceLink) -> Sequence[ScoreDelivery]:
    """Every score that was written for the LMS, the last one first."""
    return session.scalars(
        select(ScoreDelivery)
        .where(ScoreDelivery.user_id == user.id, ScoreDelivery.link_pk == link.id)
        .order_by(ScoreDelivery.timestamp.desc())
        .limit(MAX_DELIVERIES)
    ).all()


def read_held(session: Session, user: User, link: ResourceLink) -> LineItemResult | None:
    """What the LMS last said that it holds; None where it holds nothing, or was never asked."""
    return session.scalars(
        select(LineItemResult).where(
            LineItemResult.user_id == user.id,
            LineItemResult.link_pk == link.id,
            or_(LineItemResult.score.is_not(None), LineItemResult.comment.is_not(None)),
        )
    ).one_or_none()


def _progress(session: Session, user: User, links: Sequence[int]) -> dict[int, UnitProgress]:
    rows = session.scalars(
        select(UnitProgress)
        .where(UnitProgress.user_id == user.id, UnitProgress.link_pk.in_(links))
        .options(selectinload(UnitProgress.attempts))
    )
    return {row.link_pk: row for row in rows}


def _last_told(session: Session, user: User, links: Sequence[int]) -> dict[int, ScoreDelivery]:
    rows = session.scalars(
        select(ScoreDelivery)
        .where(
            ScoreDelivery.user_id == user.id,
            ScoreDelivery.link_pk.in_(links),
            ScoreDelivery.value.is_not(None),
        )
        .order_by(ScoreDelivery.timestamp)
    )
    return {row.link_pk: row for row in rows}
