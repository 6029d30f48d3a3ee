"""One learner's way through the unit of one link: pages, attempts with every answer, what was set
aside, and what the LMS was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.model import Page, Unit
from lti_tool.models import Attempt, ResourceLink, ScoreDelivery, UnitProgress, User
from lti_tool.services import versions
from lti_tool.services.answer_lines import AnsweredQuestion, answered
from lti_tool.services.grants import may_take_back


@dataclass(frozen=True, slots=True)
class AttemptPath:
    """An attempt with its answers, on the version that it began on. ``language`` is the one in
    which they are shown."""

    attempt: Attempt
    language: str
    questions: tuple[AnsweredQuestion, ...]


@dataclass(frozen=True, slots=True)
class LearnerPath:
    """``pages`` say of each whether it was seen; when is not kept, page by page. ``attempts`` are
    those that count, the newest first, an open one among them; ``aside`` those that do not."""

    user: User
    progress: UnitProgress | None
    pages: tuple[tuple[Page, bool], ...]
    attempts: tuple[AttemptPath, ...]
    aside: tuple[AttemptPath, ...]
    told: tuple[ScoreDelivery, ...]
    may_take_back: bool

    @property
    def may_reset(self) -> bool:
        return bool(self.attempts) or any(seen for _, seen in self.pages)


def read_path(
    session: Session, link: ResourceLink, unit: Unit, user: User, language: str
) -> LearnerPath:
    """``user`` must be a learner of the link's course; ``unit`` is as the link has it."""
    progress = session.scalars(
        select(UnitProgress).where(UnitProgress.user_id == user.id, UnitProgress.link_pk == link.id)
    ).one_or_none()
    rows: Sequence[Attempt] = ()
    if progress is not None:
        rows = session.scalars(
            select(Attempt)
            .where(Attempt.progress_pk == progress.id)
            .order_by(Attempt.started_at.desc(), Attempt.id.desc())
        ).all()
    paths = [_attempt(session, unit, row, language) for row in rows]
    seen = set(progress.seen) if progress else set()
    return LearnerPath(
        user=user,
        progress=progress,
        pages=tuple((page, page.id in seen) for page in unit.pages),
        attempts=tuple(item for item in paths if item.attempt.set_aside_at is None),
        aside=tuple(item for item in paths if item.attempt.set_aside_at is not None),
        told=_told(session, link, user),
        may_take_back=may_take_back(unit, progress),
    )


def _attempt(session: Session, unit: Unit, attempt: Attempt, wish: str) -> AttemptPath:
    then = versions.unit_of_attempt(session, attempt, unit)
    language = wish if wish in then.title else next(iter(then.title))
    questions = tuple(
        answered(question, attempt.answers.get(question.id), attempt.language, language)
        for question in then.quiz
    )
    return AttemptPath(attempt, language, questions)


def _told(session: Session, link: ResourceLink, user: User) -> tuple[ScoreDelivery, ...]:
    rows = session.scalars(
        select(ScoreDelivery)
        .where(ScoreDelivery.link_pk == link.id, ScoreDelivery.user_id == user.id)
        .order_by(ScoreDelivery.timestamp.desc())
        .limit(50)
    )
    return tuple(rows)
