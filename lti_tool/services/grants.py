"""What an instructor does for one learner: grant an attempt, take it back, set them back, undo it.
Nothing is deleted: attempts that count no more are set aside."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.model import Unit
from lti_tool.errors import RequestRefused
from lti_tool.models import Attempt, ResourceLink, ScoreDelivery, UnitProgress, User
from lti_tool.models.upsert import upsert
from lti_tool.services.deliveries import write_delivery
from lti_tool.services.standing import attempts_allowed, standing

MAX_EXTRA = 20
#: Numbers that no attempt has, to pass through while attempts change theirs.
_ASIDE = 10_000


def grant_attempt(
    session: Session, link: ResourceLink, unit: Unit, user: User, now: datetime
) -> None:
    """One attempt more than there were. The caller commits. Raises ``RequestRefused``."""
    progress = _locked(session, link, user)
    if progress is None:
        keys = {"user_id": user.id, "link_pk": link.id}
        upsert(
            session,
            UnitProgress,
            keys,
            defaults={"seen": [], "started_at": now, "updated_at": now, "extra_attempts": 0},
        )
        progress = _locked(session, link, user)
    assert progress is not None
    if progress.extra_attempts >= MAX_EXTRA:
        raise RequestRefused("attempt.enough", "This person has been granted enough.", 409)
    progress.extra_attempts = attempts_allowed(unit, progress) - unit.attempts + 1


def take_back_attempt(session: Session, link: ResourceLink, unit: Unit, user: User) -> None:
    """Take a granted attempt back that was not used. The caller commits. Raises
    ``RequestRefused``."""
    progress = _locked(session, link, user)
    if progress is None or not progress.extra_attempts:
        raise RequestRefused("attempt.not-granted", "No attempt has been granted.", 409)
    if not may_take_back(unit, progress):
        raise RequestRefused("attempt.used", "The granted attempt has been used.", 409)
    progress.extra_attempts -= 1


def may_take_back(unit: Unit, progress: UnitProgress | None) -> bool:
    """Whether there is a granted attempt that was not begun."""
    if progress is None or not progress.extra_attempts:
        return False
    return len(progress.attempts) < attempts_allowed(unit, progress)


def reset(
    session: Session, link: ResourceLink, user: User, *, clear_pages: bool, now: datetime
) -> None:
    """Set what counts aside, so that the learner begins anew. The LMS is told nothing: its grade
    stays until an attempt is handed in. The caller commits. Raises ``RequestRefused``."""
    progress = _locked(session, link, user)
    if progress is None or not (progress.attempts or (clear_pages and progress.seen)):
        raise RequestRefused("reset.nothing", "There is nothing to set aside.", 409)
    for attempt in progress.attempts:
        attempt.set_aside_at = now
    progress.reset_at = now
    progress.cleared = list(progress.seen) if clear_pages else None
    if clear_pages:
        progress.seen, progress.page = [], None
    elif progress.page == "result":
        progress.page = "quiz"  # there is no result to come back to
    session.flush()
    session.expire(progress, ["attempts"])


def put_back(session: Session, link: ResourceLink, unit: Unit, user: User, now: datetime) -> None:
    """Undo the last ``reset``. Attempts made since stay, numbered after those put back; a draft
    comes back only where no other is open. Where the best of all is now better than what the LMS
    was told last, it is told so. The caller commits. Raises ``RequestRefused``."""
    progress = _locked(session, link, user)
    if progress is None or progress.reset_at is None:
        raise RequestRefused("reset.none", "There is nothing to put back.", 409)
    aside = session.scalars(
        select(Attempt)
        .where(Attempt.progress_pk == progress.id, Attempt.set_aside_at.is_not(None))
        .order_by(Attempt.number)
    ).all()
    back = [item for item in aside if item.set_aside_at == progress.reset_at]
    if any(item.handed_in_at is None for item in progress.attempts):
        back = [item for item in back if item.handed_in_at is not None]
    _number(session, [*back, *progress.attempts])
    for attempt in back:
        attempt.set_aside_at = None
    if progress.cleared is not None:
        progress.seen = list(dict.fromkeys([*progress.cleared, *progress.seen]))
    earlier = [item.set_aside_at for item in aside if item.set_aside_at and item not in back]
    progress.reset_at = max((at for at in earlier if at < progress.reset_at), default=None)
    progress.cleared = None
    session.flush()
    session.expire(progress, ["attempts"])
    _tell_the_best(session, link, unit, user, progress, now)


def _number(session: Session, attempts: list[Attempt]) -> None:
    """From 1, drafts last. No two ever have one number, not even on the way."""
    ordered = sorted(attempts, key=lambda item: item.handed_in_at is None)
    for number, attempt in enumerate(ordered, 1):
        attempt.number = number + _ASIDE
    session.flush()
    for number, attempt in enumerate(ordered, 1):
        attempt.number = number
    session.flush()


def _tell_the_best(
    session: Session,
    link: ResourceLink,
    unit: Unit,
    user: User,
    progress: UnitProgress,
    now: datetime,
) -> None:
    reached = standing(unit, progress)
    last = session.scalar(
        select(ScoreDelivery.value)
        .where(
            ScoreDelivery.user_id == user.id,
            ScoreDelivery.link_pk == link.id,
            ScoreDelivery.value.is_not(None),
        )
        .order_by(ScoreDelivery.timestamp.desc())
        .limit(1)
    )
    if reached.best is not None and last is not None and reached.best > Decimal(last):
        write_delivery(session, user, link, reached.best, reached.success != "unknown", now)


def _locked(session: Session, link: ResourceLink, user: User) -> UnitProgress | None:
    return session.scalars(
        select(UnitProgress)
        .where(UnitProgress.user_id == user.id, UnitProgress.link_pk == link.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
